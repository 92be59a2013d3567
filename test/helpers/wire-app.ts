import { resolve } from "node:path";
import type { Message } from "../../lib/io/message.ts";
import type { VerbContext, VerbResult } from "../../lib/cli/verb.ts";
import { cdkProject, type CdkProject } from "./cdk-project.ts";

/** What the app's next deploy brings. */
export interface WireAppSource {
  readonly version: number;
  /** The policy of the rollout, as source text. @default '"AllAtOnce"' */
  readonly policy?: string;
  /** How versions are judged, as source text. @default "{}" */
  readonly analysis?: string;
  /** More statements before the rollout, with `stack`, `app`, `work` and `releases` in scope. */
  readonly before?: string;
  /** More properties of the rollout, as source text. */
  readonly rollout?: string;
  /** More statements at the end of the app, with `stack`, `app` and `work` in scope. */
  readonly more?: string;
  /** Properties of the stack, as source text. */
  readonly stackProps?: string;
}

/** An app with the stage `wire` at an endpoint, on which verbs of the command line run in this process. */
export interface WireApp {
  readonly project: CdkProject;
  readonly messages: Message[];
  /** What verbs have written to standard output before their end. */
  readonly printed: string[];
  write(source: WireAppSource): void;
  /** Moves the stage to another endpoint. */
  connectTo(endpoint: string): void;
  run(
    verb: (options: Readonly<Record<string, unknown>>, context: VerbContext) => Promise<VerbResult>,
    options?: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<VerbResult>;
  remove(): void;
}

/** Makes an app of a function, a workflow that calls it, a hook and a topic that is notified. */
export function wireApp(endpoint: string, context: Readonly<Record<string, unknown>> = {}): WireApp {
  const settings = (at: string) => ({
    app: "node bin/app.ts",
    context: { ...context, tidegate: { app: "wire", stages: { wire: { region: "us-east-1", endpoint: at } } } },
  });
  const project = cdkProject(settings(endpoint));
  const messages: Message[] = [];
  const printed: string[] = [];
  project.write("functions/work.ts", "export const handler = async () => ({ version: process.env.VERSION });\n");
  project.write("functions/check.ts", 'export const handler = async () => ({ status: "passed" });\n');
  return {
    project,
    messages,
    printed,
    write: (source) => project.write("bin/app.ts", appText(source)),
    connectTo: (at) => project.write("cdk.json", JSON.stringify(settings(at))),
    run: (verb, options = {}, signal = new AbortController().signal) =>
      verb(
        { stage: "wire", ...options },
        {
          folder: project.folder,
          host: { notify: (message) => void messages.push(message), ask: () => Promise.resolve(true) },
          signal,
          json: false,
          yes: true,
          env: { TIDEGATE_ACTOR: "tester" },
          print: (line) => void printed.push(line),
        },
      ),
    remove: () => project.remove(),
  };
}

function appText({
  version,
  policy = '"AllAtOnce"',
  analysis = "{}",
  before = "",
  rollout = "",
  more = "",
  stackProps = "{}",
}: WireAppSource): string {
  return `import { App, DefaultStackSynthesizer, Duration, Stack } from "aws-cdk-lib";
import { DefinitionBody } from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { Function, HookFunction, ReleaseDriver, Rollout, StateMachine, Topic } from ${JSON.stringify(resolve("lib/index.ts"))};

const app = new App();
const stack = new Stack(app, "Wire", ${stackProps});
const work = new Function(stack, "Work", { entry: "functions/work.ts", environment: { VERSION: "${version}" } });
new StateMachine(stack, "Order", {
  definitionBody: DefinitionBody.fromChainable(
    new LambdaInvoke(stack, "Call", { lambdaFunction: work, comment: "version ${version}" }),
  ),
});
const check = new HookFunction(stack, "Check", { entry: "functions/check.ts" });
const releases = new Topic(stack, "Releases");
${before}
new Rollout(app, "Rollout", { policy: ${policy}, analysis: ${analysis}, hooks: { preTraffic: check }, notifications: [releases], ${rollout} });
${more}
app.synth();
`;
}
