import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { App, Stack } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { Assembly } from "../../lib/assembly/assembly.ts";
import { readAssembly } from "../../lib/assembly/read-assembly.ts";
import { Aws } from "../../lib/aws/aws.ts";
import { AppStackPort } from "../../lib/deploy/app-stack-port.ts";
import { AppStacks } from "../../lib/deploy/app-stacks.ts";
import { deployApp, type DeployReport, type DeployRequest } from "../../lib/deploy/deploy.ts";
import { identifyTarget, type Target } from "../../lib/deploy/target.ts";
import type { Message } from "../../lib/io/message.ts";
import { AdjustableClock } from "../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "./cloud.ts";

/** Adds an app's constructs to its one stack. */
export type BuildApp = (stack: Stack, app: App) => void;

/** An app that is synthesised in this process and deployed to a local cloud of its own, over the wire. */
export interface InlineApp {
  readonly cloud: TestCloud;
  /** Everything that deploys have said. */
  readonly messages: Message[];
  /** The cloud assembly of the app. */
  synthesise(build: BuildApp): Assembly;
  deploy(build: BuildApp | Assembly, more?: Partial<DeployRequest>): Promise<DeployReport>;
  /** Uses a connection to the cloud, which is closed then. */
  connected<T>(use: (target: Target) => Promise<T>): Promise<T>;
  /** What a stage held back and no release has removed, as `status` names it. */
  heldBack(build: BuildApp): Promise<readonly string[]>;
  /** Calls a function's alias `live` once. */
  call(functionName: string, payload?: unknown): Promise<Called>;
  stop(): Promise<void>;
}

/** What a call to a function came to. */
export interface Called {
  readonly version: string;
  /** Undefined where the function answered. */
  readonly error?: string;
  readonly answer: unknown;
}

/** Starts a cloud, sixty times as fast as the machine's time by default. */
export async function startInlineApp(options: { readonly clockSpeed?: number } = {}): Promise<InlineApp> {
  const cloud = await startTestCloud({ clock: new AdjustableClock({ speed: options.clockSpeed ?? 60 }) });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const lambda = cloud.client(LambdaClient);
  const folders: string[] = [];
  const messages: Message[] = [];
  const host = { notify: (message: Message) => void messages.push(message), ask: () => Promise.resolve(true) };
  const synthesise = (build: BuildApp) => {
    const outdir = mkdtempSync(join(tmpdir(), "tidegate-inline-"));
    folders.push(outdir);
    const app = new App({
      outdir,
      treeMetadata: false,
      analyticsReporting: false,
      context: { tidegate: { app: "inline" } },
    });
    build(new Stack(app, "Inline"), app);
    app.synth();
    return readAssembly(outdir);
  };
  // A connection each time, as each command has: a role's session of an hour is over after a minute of the machine's time.
  const connected = async <T>(use: (target: Target) => Promise<T>): Promise<T> => {
    const aws = new Aws({ region: "us-east-1", endpoint: cloud.endpoint, credentials });
    try {
      return await use(await identifyTarget(aws, "wire", "us-east-1"));
    } finally {
      await aws.close();
    }
  };
  return {
    cloud,
    messages,
    synthesise,
    connected,
    async deploy(build, more = {}) {
      const request: Omit<DeployRequest, "target"> = {
        assembly: typeof build === "function" ? synthesise(build) : build,
        wanted: [],
        parameters: {},
        origin: { actor: "tester" },
        holder: { name: "tester", isGone: () => false },
        approval: "never",
        allowReplacement: false,
        detach: false,
        host,
        signal: new AbortController().signal,
      };
      return connected((target) => deployApp({ target, ...request, ...more }));
    },
    async heldBack(build) {
      const { stacks } = synthesise(build);
      const signal = new AbortController().signal;
      return connected((target) => new AppStackPort(new AppStacks({ target, stacks, host, signal })).heldBack());
    },
    async call(FunctionName, payload = {}) {
      const Payload = JSON.stringify(payload);
      const answer = await lambda.send(new InvokeCommand({ FunctionName, Qualifier: "live", Payload }));
      const text = answer.Payload?.transformToString() ?? "null";
      const error = answer.FunctionError === undefined ? {} : { error: text };
      return { version: answer.ExecutedVersion ?? "", answer: JSON.parse(text) as unknown, ...error };
    },
    async stop() {
      await cloud.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Code of a function that may call other services by `aws(path, headers, body)`, which throws where the answer is no
 * success. `body` is the body of the handler, with `event` in scope.
 */
export function inlineCode(body: string): Code {
  return Code.fromInline(`
const aws = async (service, path, headers, body) => {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const scope = AWS_ACCESS_KEY_ID + "/" + day + "/" + AWS_REGION + "/" + service + "/aws4_request";
  const authorization = "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0";
  const token = AWS_SESSION_TOKEN ? { "x-amz-security-token": AWS_SESSION_TOKEN } : {};
  const answer = await fetch(AWS_ENDPOINT_URL + path, {
    method: "POST", headers: { authorization, ...token, ...headers }, body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok || answer.headers.has("x-amz-function-error")) throw new Error(service + ": " + answer.status + " " + text);
  return text === "" ? undefined : JSON.parse(text);
};
const json = (service, target, body) =>
  aws(service, "/", { "content-type": "application/x-amz-json-1.0", "x-amz-target": target }, body);
const invoke = (name) => aws("lambda", "/2015-03-31/functions/" + encodeURIComponent(name) + "/invocations", {}, {});
exports.handler = async (event) => { ${body} };
`);
}
