import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PREFIX, type AccountOptions } from "../account.ts";

/** What the app's next deploy brings. */
export interface AppShape {
  readonly version: string;
  /** Whether `Front` calls `Back`. @default true */
  readonly hasCallee?: boolean;
  /** Whether a resource that cannot be created comes after the functions. @default false */
  readonly isBroken?: boolean;
  /** Whether a nested stack is part of the stack. @default false */
  readonly isNested?: boolean;
  /** Whether the hook after the traffic moved fails. @default false */
  readonly hookFails?: boolean;
}

/** The stage that the app is deployed to. */
export const STAGE = "acceptance";
/** The function that the traffic of the run calls. */
export const FRONT = `${PREFIX}-front`;

const HANDLERS = {
  "functions/front.ts": `
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
const lambda = new LambdaClient({});
export const handler = async (_event: unknown, context: { functionVersion: string }) => {
  const { BACK, VERSION } = process.env;
  if (BACK !== undefined) {
    const answer = await lambda.send(new InvokeCommand({ FunctionName: BACK }));
    if (answer.FunctionError !== undefined) throw new Error("the callee failed");
  }
  return { version: context.functionVersion, mark: VERSION };
};
`,
  "functions/back.ts": `export const handler = async () => ({ version: process.env.VERSION });\n`,
  "functions/check.ts": `
export const handler = async () =>
  process.env.FAILS === "true" ? { status: "failed", reason: "as the run's settings say" } : { status: "passed" };
`,
};

const APP = `
import { readFileSync } from "node:fs";
import { App, CfnParameter, CfnWaitCondition, CfnWaitConditionHandle, Duration, NestedStack, Stack } from "aws-cdk-lib";
import { CfnParameter as CfnSsmParameter } from "aws-cdk-lib/aws-ssm";
import { Function, HookFunction, Rollout } from "tidegate";

const shape = JSON.parse(readFileSync("shape.json", "utf8"));
const app = new App();
const stack = new Stack(app, "Acceptance", { stackName: "${PREFIX}-app" });
const mode = new CfnParameter(stack, "Mode", { default: "a" });
const environment = { VERSION: shape.version, MODE: mode.valueAsString };
const front = new Function(stack, "Front", { functionName: "${FRONT}", entry: "functions/front.ts", environment });
if (shape.hasCallee !== false) {
  const back = new Function(stack, "Back", {
    functionName: "${PREFIX}-back",
    entry: "functions/back.ts",
    environment: { VERSION: shape.version },
  });
  back.grantInvoke(front);
  front.addEnvironment("BACK", back.functionArn);
}
if (shape.isNested === true) {
  const nested = new NestedStack(stack, "Nested");
  new CfnSsmParameter(nested, "Mark", { type: "String", value: "nested" });
}
if (shape.isBroken === true) {
  const handle = new CfnWaitConditionHandle(stack, "Handle");
  const wait = new CfnWaitCondition(stack, "NeverSignalled", { handle: handle.ref, timeout: "1", count: 1 });
  wait.node.addDependency(front);
}
const check = new HookFunction(stack, "Check", {
  entry: "functions/check.ts",
  environment: { FAILS: String(shape.hookFails === true) },
});
new Rollout(app, "Rollout", {
  policy: Rollout.canary({ percent: 50, bake: Duration.minutes(3) }),
  analysis: false,
  hooks: { postTraffic: check },
});
app.synth();
`;

/** Writes the app into a folder in which the package of this repository is installed. */
export function writeApp(folder: string, root: string, { region, endpoint }: AccountOptions): void {
  const stages = { [STAGE]: { region, ...(endpoint === undefined ? {} : { endpoint }) } };
  const context = { tidegate: { app: PREFIX, stages } };
  write(folder, "package.json", JSON.stringify({ name: PREFIX, private: true, type: "module" }));
  write(folder, "cdk.json", JSON.stringify({ app: "node bin/app.ts", context }));
  write(folder, "bin/app.ts", APP);
  for (const [path, text] of Object.entries(HANDLERS)) write(folder, path, text);
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  symlinkSync(root, join(modules, "tidegate"));
}

/** Says what the next deploy brings. */
export function writeShape(folder: string, shape: AppShape): void {
  write(folder, "shape.json", JSON.stringify(shape));
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
