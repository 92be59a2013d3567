import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "./project.ts";

/** What the small app's next deploy brings. */
export interface SmallApp {
  /** What the functions answer. */
  readonly version: number;
  /** Ids of the functions. @default - A and B */
  readonly functions?: readonly string[];
  /** A queue that CloudFormation cannot make, after the functions: the stack update fails and is rolled back. */
  readonly fails?: boolean;
  /** How the rollout goes. @default - all at once */
  readonly policy?: string;
  /** Properties of the stack, as source text. @default "{}" */
  readonly stackProps?: string;
  /** More lines of the app. `stack` and `functions` (by id) are at hand. */
  readonly more?: string;
}

/** Writes an app of two functions behind one release. Functions are called `small-<id>`. */
export function writeSmallApp(project: TestProject, app: SmallApp): void {
  const { version, functions = ["A", "B"], fails = false, policy = '"AllAtOnce"', stackProps = "{}", more = "" } = app;
  const write = (path: string, content: string) => {
    mkdirSync(join(project.folder, path, ".."), { recursive: true });
    writeFileSync(join(project.folder, path), content);
  };
  write(
    "cdk.json",
    JSON.stringify({ app: "node bin/app.ts", context: { tidegate: { app: "small", stages: { local: {} } } } }),
  );
  write("functions/answer.ts", "export const handler = async () => ({ version: process.env.VERSION });\n");
  write(
    "bin/app.ts",
    `import { App, CfnResource, DefaultStackSynthesizer, Duration, NestedStack, Stack } from "aws-cdk-lib";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { Function, Rollout } from "tidegate";

void [CfnResource, DefaultStackSynthesizer, Duration, NestedStack, CfnQueue];
const app = new App();
const stack = new Stack(app, "Small", ${stackProps});
const functions = Object.fromEntries(
  ${JSON.stringify(functions)}.map((id) => [
    id,
    new Function(stack, id, {
      functionName: \`small-\${id}\`,
      entry: "functions/answer.ts",
      environment: { VERSION: "${version}" },
    }),
  ]),
);
${fails ? FAILING_QUEUE : ""}
${more}
new Rollout(app, "Rollout", { policy: ${policy} });
app.synth();
`,
  );
}

const FAILING_QUEUE = `
// A delay of 900 seconds is the most that SQS takes.
const broken = new CfnQueue(stack, "Broken", { delaySeconds: 5000 });
for (const fn of Object.values(functions)) broken.node.addDependency(fn);
`;
