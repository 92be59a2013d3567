import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "./project.ts";

export const SHOP_FUNCTIONS = 20;

/** What the app's next deploy brings. */
export interface Shop {
  /** Empty where there is none yet. */
  readonly endpoint: string;
  readonly version?: number;
  /** A function whose new version fails 15 % of its calls; the others fail 0.1 %. */
  readonly bad?: string;
}

/** Writes an app of twenty functions, some of which call others, and a workflow that calls one, for a stage `wire` at an endpoint. */
export function writeShop(project: TestProject, { endpoint, version = 1, bad }: Shop): void {
  const write = (path: string, content: string) => {
    mkdirSync(join(project.folder, path, ".."), { recursive: true });
    writeFileSync(join(project.folder, path), content);
  };
  const stages = endpoint === "" ? {} : { wire: { region: "us-east-1", endpoint } };
  write("cdk.json", JSON.stringify({ app: "node bin/app.ts", context: { tidegate: { app: "shop", stages } } }));
  write("functions/answer.ts", HANDLER);
  write("bin/app.ts", APP.replaceAll("__VERSION__", String(version)).replace("__BAD__", JSON.stringify(bad ?? "")));
}

const HANDLER = `
/** The app's own errors must be distinguishable from errors that a release causes. */
export const handler = async () => {
  if (Math.random() < Number(process.env.FAILS)) throw new Error("failed on purpose");
  return { version: process.env.VERSION };
};
`;

const APP = `import { App, Duration, Stack } from "aws-cdk-lib";
import { DefinitionBody } from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { Function, Rollout, StateMachine } from "tidegate";

const app = new App();
const stack = new Stack(app, "Shop");
const functions = Array.from({ length: ${SHOP_FUNCTIONS} }, (_, index) => {
  const id = \`F\${String(index).padStart(2, "0")}\`;
  const FAILS = id === __BAD__ ? "0.15" : "0.001";
  return new Function(stack, id, {
    functionName: \`shop-\${id}\`,
    entry: "functions/answer.ts",
    environment: { VERSION: "__VERSION__", FAILS },
  });
});
for (const index of [0, 1, 2]) functions[index + 1].grantInvoke(functions[index]);
new StateMachine(stack, "Order", {
  stateMachineName: "shop-order",
  definitionBody: DefinitionBody.fromChainable(
    new LambdaInvoke(stack, "Pack", { lambdaFunction: functions[19], comment: "version __VERSION__" }),
  ),
});
new Rollout(app, "Rollout", {
  policy: Rollout.canary({ percent: 25, bake: Duration.minutes(5) }),
  // The popular function gets ten times as many: enough to find one call in seven that fails.
  analysis: { minInvocations: 80 },
});
app.synth();
`;
