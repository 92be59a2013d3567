import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareProject, type TestProject } from "../helpers/project.ts";
import { call } from "../helpers/todo-client.ts";

const root = new URL("../..", import.meta.url).pathname;
/** npm needs what the machine knows of its registry. */
const REGISTRY = { ...process.env, npm_config_audit: "false", npm_config_fund: "false" };

let project: TestProject;
let packed: string;

beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), "tidegate-packed-"));
  project = bareProject();
  const pack = await project.run("npm", ["pack", root, "--pack-destination", packed, "--ignore-scripts"], REGISTRY);
  if (pack.exitCode !== 0) throw new Error(pack.stderr);
  const tarball = join(
    packed,
    readdirSync(packed).find((name) => name.endsWith(".tgz"))!,
  );
  const { devDependencies } = (await import("../../package.json", { with: { type: "json" } })).default;
  const peers = (["aws-cdk-lib", "constructs", "vitest"] as const).map((name) => `${name}@${devDependencies[name]}`);
  const install = await project.run("npm", ["install", tarball, ...peers], REGISTRY);
  if (install.exitCode !== 0) throw new Error(install.stderr);
});

afterAll(async () => {
  await project.run("node_modules/.bin/tidegate", ["local", "stop"]);
  rmSync(project.folder, { recursive: true, force: true });
  rmSync(packed, { recursive: true, force: true });
});

describe("the packed package, installed in an empty project", () => {
  it("synthesises and deploys an app", async () => {
    mkdirSync(join(project.folder, "src"));
    writeFileSync(join(project.folder, "cdk.json"), '{ "app": "node app.ts" }\n');
    writeFileSync(
      join(project.folder, "src/hello.ts"),
      'export const handler = async (): Promise<object> => ({ statusCode: 200, body: "hello from the tarball" });\n',
    );
    writeFileSync(
      join(project.folder, "app.ts"),
      `import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth } from "tidegate";
const stack = new Stack(new App(), "Hello");
const hello = new Function(stack, "Hello", { entry: "src/hello.ts" });
const api = new HttpApi(stack, "Api", { defaultAuthorizer: HttpAuth.none(), routes: { "GET /": hello } });
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint });
`,
    );
    const synth = await project.run("node_modules/.bin/tidegate", ["synth", "--json"]);
    expect(synth, synth.stderr).toMatchObject({ exitCode: 0 });
    const deploy = await project.run("node_modules/.bin/tidegate", ["deploy", "--json"]);
    expect(deploy, deploy.stderr).toMatchObject({ exitCode: 0 });
    const { stacks } = JSON.parse(deploy.stdout) as { stacks: { outputs: { ApiUrl: string } }[] };
    const answer = await fetch(`${stacks[0]!.outputs.ApiUrl}/`);
    expect([answer.status, await answer.text()]).toEqual([200, "hello from the tarball"]);
    expect((await call(stacks[0]!.outputs.ApiUrl, "GET", "/none")).status).toBe(404);
  });

  it.each([
    [
      "vitest",
      ["node_modules/.bin/vitest", "run", "--testTimeout", "120000"],
      'import { expect, test } from "vitest";',
      "expect(body).toBe(HELLO);",
    ],
    [
      "node:test",
      ["--test", "hello.test.ts"],
      'import { test } from "node:test";\nimport assert from "node:assert/strict";',
      "assert.equal(body, HELLO);",
    ],
  ])("has a testing kit for %s", async (_name, args, imports, check) => {
    project.write(
      "hello.test.ts",
      `${imports}
import { startCloud } from "tidegate/testing";
const HELLO = "hello from the tarball";
test("answers", async () => {
  await using cloud = await startCloud();
  const app = await cloud.deploy();
  const { body } = await app.invoke<{ body: string }>("Hello/Hello");
  ${check}
  ${check.replace("body", 'await (await app.fetch("/")).text()')}
});
`,
    );
    const run = await project.run(process.execPath, args, { NO_COLOR: "1" });
    expect(run, run.stdout).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toMatch(/1 passed|pass 1/);
  });
});
