import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** A project with the same handlers twice: for our constructs, and for the CDK's own. */
export interface SampleApp {
  readonly folder: string;
  readonly functions: number;
  readonly sdk: "external" | "bundled";
}

const ROOT = resolve(import.meta.dirname, "..");
const CLIENTS = ["dynamodb", "s3", "ssm", "lambda"] as const;

/** Writes an app of some functions of about 40 lines, each with a shared library and a client of the SDK. */
export function writeSampleApp(folder: string, functions: number, sdk: SampleApp["sdk"]): SampleApp {
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  write("package.json", '{"name":"sample","type":"module"}');
  write("package-lock.json", "{}");
  write("tsconfig.json", '{"compilerOptions":{"target":"es2024","module":"nodenext"}}');
  write("cdk.json", JSON.stringify({ app: "node ours.ts", versionReporting: false }));
  write("ours.ts", oursSource(functions, sdk));
  write("peer.ts", peerSource(functions, sdk));
  for (let index = 0; index < 10; index++) write(`src/shared/part${index}.ts`, sharedSource(index));
  for (let index = 0; index < functions; index++) write(`src/f${index}.ts`, handlerSource(index));
  linkPackages(folder);
  return { folder, functions, sdk };
}

/** Changes what one function answers. */
export function changeHandler({ folder }: SampleApp, round: number): void {
  writeFileSync(join(folder, "src/f0.ts"), handlerSource(0).replace("answer: 0", `answer: ${round + 1000}`));
}

function linkPackages(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  symlinkSync(ROOT, join(modules, "tidegate"));
  for (const name of ["aws-cdk-lib", "constructs", "esbuild", "@aws-sdk", "@smithy", "@types"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
}

function oursSource(functions: number, sdk: SampleApp["sdk"]): string {
  const external = sdk === "external" ? 'bundling: { externalModules: ["@aws-sdk/*"] },' : "";
  return `import { App, Stack } from "aws-cdk-lib";
import { Function } from "tidegate";
const app = new App();
${stacks(functions, (stack, id, entry) => `new Function(${stack}, "${id}", { entry: "${entry}", ${external} });`)}
app.synth();
`;
}

function peerSource(functions: number, sdk: SampleApp["sdk"]): string {
  const external = sdk === "external" ? '["@aws-sdk/*"]' : "[]";
  return `import { App, Stack } from "aws-cdk-lib";
import { Runtime, Architecture } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
const app = new App();
const shared = {
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  bundling: {
    format: OutputFormat.ESM, minify: true, sourceMap: true, sourcesContent: false, target: "node24",
    mainFields: ["module", "main"], externalModules: ${external},
    banner: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
};
${stacks(functions, (stack, id, entry) => `new NodejsFunction(${stack}, "${id}", { ...shared, entry: "${entry}" });`)}
app.synth();
`;
}

/** CloudFormation takes 500 resources and 200 parameters in a template: eighty functions fit into any. */
function stacks(functions: number, render: (stack: string, id: string, entry: string) => string): string {
  const lines: string[] = [];
  for (let index = 0; index < functions; index++) {
    const stack = `stack${Math.floor(index / 80)}`;
    if (index % 80 === 0) lines.push(`const ${stack} = new Stack(app, "${stack}");`);
    lines.push(render(stack, `F${index}`, `src/f${index}.ts`));
  }
  return lines.join("\n");
}

function sharedSource(index: number): string {
  return `export interface Part${index} { readonly id: string; readonly amount: number }
export function total${index}(parts: readonly Part${index}[]): number {
  return parts.reduce((sum, { amount }) => sum + amount * ${index + 1}, 0);
}
export function describe${index}(part: Part${index}): string {
  return \`\${part.id.padEnd(10)}|\${part.amount.toFixed(2)}|${index}\`;
}
`;
}

function handlerSource(index: number): string {
  const client = CLIENTS[index % CLIENTS.length]!;
  const parts = [0, 1, 2].map((offset) => (index + offset) % 10);
  return `import * as sdk from "@aws-sdk/client-${client}";
${parts.map((part) => `import { describe${part}, total${part} } from "./shared/part${part}.ts";`).join("\n")}

interface Order {
  readonly id: string;
  readonly lines: readonly { readonly id: string; readonly amount: number }[];
}

const client = new sdk.${{ dynamodb: "DynamoDBClient", s3: "S3Client", ssm: "SSMClient", lambda: "LambdaClient" }[client]}({});

function validate(order: Order): string[] {
  const problems: string[] = [];
  if (order.id === "") problems.push("no id");
  if (order.lines.length === 0) problems.push("no lines");
  for (const [at, line] of order.lines.entries()) {
    if (!(line.amount > 0)) problems.push(\`line \${at}: \${line.amount}\`);
  }
  return problems;
}

export const handler = async (order: Order) => {
  const problems = validate(order);
  if (problems.length > 0) return { ok: false, problems };
  const totals = [${parts.map((part) => `total${part}(order.lines)`).join(", ")}];
  const shown = order.lines.map((line) => [${parts.map((part) => `describe${part}(line)`).join(", ")}].join());
  const region = await client.config.region();
  return { ok: true, answer: ${index}, region, totals, shown };
};
`;
}
