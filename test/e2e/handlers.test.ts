import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { clientOptions, deployStarter } from "../helpers/starter.ts";

/** Handlers as users write them. Each answers with the mark of its own file and what it got. */
const HANDLERS: Readonly<Record<string, string>> = {
  "module/a.js": 'export const handler = async (event) => ({ file: "module/a.js", n: event.n });',
  "module/b.mjs": 'export async function handler(event) { return { file: "module/b.mjs", n: event.n }; }',
  "module/c.ts":
    'import { basename } from "node:path";\nexport const handler = async (event: { n: number }) => ({ file: "module/" + basename("x/c.ts"), n: event.n });',
  "module/d.mts":
    'interface Event { n: number }\nexport const handler = async ({ n }: Event) => ({ file: "module/d.mts", n });',
  "module/e.jsx":
    '/** @jsx h */\nconst h = (_tag, props) => props;\nexport const handler = async (event) => <answer file="module/e.jsx" n={event.n} />;',
  "module/f.tsx":
    '/** @jsx h */\nconst h = (_tag: string, props: object) => props;\nexport const handler = async (event: { n: number }) => <answer file="module/f.tsx" n={event.n} />;',
  "module/g.cjs": 'exports.handler = async (event) => ({ file: "module/g.cjs", n: event.n });',
  "module/h.cts":
    'import path = require("node:path");\nasync function handler(event: { n: number }) { return { file: "module/" + path.basename("x/h.cts"), n: event.n }; }\nexport = { handler };',
  "plain/i.js":
    'const { join } = require("node:path");\nexports.handler = async (event) => ({ file: join("plain", "i.js"), n: event.n });',
  "plain/j.js":
    'const helper = require("./helper");\nmodule.exports = { handler: async (event) => ({ file: helper.file, n: event.n }) };',
  "plain/k.ts":
    'import { file } from "./helper.js";\nexport const handler = async (event: { n: number }) => ({ file: file.replace("j.js", "k.ts"), n: event.n });',
  "plain/l.cts": 'export const handler = async (event: { n: number }) => ({ file: "plain/l.cts", n: event.n });',
  "plain/m.mjs":
    'import helper from "./helper.js";\nexport const handler = async (event) => ({ file: helper.file.replace("j.js", "m.mjs"), n: event.n });',
};

const APP = `
import { App, Stack } from "aws-cdk-lib";
import { Function } from "tidegate";
const app = new App();
const stack = new Stack(app, "Handlers");
for (const path of ${JSON.stringify(Object.keys(HANDLERS))})
  new Function(stack, path.replace(/\\W/g, "-"), { functionName: path.replace(/\\W/g, "-"), entry: "functions/" + path });
app.synth();
`;

let project: TestProject;
let lambda: LambdaClient;

beforeAll(async () => {
  project = emptyProject();
  for (const folder of ["bin", "functions/module", "functions/plain"])
    mkdirSync(join(project.folder, folder), { recursive: true });
  project.write("bin/app.ts", APP);
  project.write("functions/module/package.json", '{ "type": "module" }');
  project.write("functions/plain/package.json", "{}");
  project.write("functions/plain/helper.js", 'exports.file = "plain/j.js";');
  for (const [path, source] of Object.entries(HANDLERS)) project.write(`functions/${path}`, source);
  project.write(
    "cdk.json",
    JSON.stringify({ app: "node bin/app.ts", context: { tidegate: { stages: { local: {} } } } }),
  );
  await deployStarter(project);
  lambda = new LambdaClient(await clientOptions(project));
});

afterAll(async () => {
  lambda?.destroy();
  await project.remove();
});

it.each(Object.keys(HANDLERS))("%s is deployed and called", async (path) => {
  const FunctionName = path.replace(/\W/g, "-");
  const Payload = JSON.stringify({ n: 7 });
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Qualifier: "live", Payload }));
  const text = Buffer.from(answer.Payload ?? []).toString();
  expect(answer.FunctionError, text).toBeUndefined();
  expect(JSON.parse(text)).toEqual({ file: path, n: 7 });
});
