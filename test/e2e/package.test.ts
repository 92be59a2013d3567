import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openUserShell, type UserShell } from "../helpers/packed-package.ts";

const LIST = "functions/todo/list.ts";

// Each line starts programs, and two of them fetch packages: a busy machine takes its time.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

let shell: UserShell;
let url: string;

beforeAll(async () => {
  shell = await openUserShell();
});

afterAll(async () => {
  await shell.type("npx tidegate local stop");
  shell.remove();
});

/** Saves a file of the project with a change, as an editor does. */
function save(path: string, change: (text: string) => string): void {
  const file = join(shell.folder, path);
  const text = readFileSync(file, "utf8");
  const changed = change(text);
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
}

const list = async () => (await fetch(`${url}/todos`)).json();

/** Has the list answer with a number. `before` is code that runs before it answers. */
const answerWith = (mark: number, before = "") =>
  save(LIST, (text) =>
    text.replace(
      /(?: {2}throw new .*\n)? {2}return reply\(200, \{ (?:mark: \d+, )?/,
      `${before}  return reply(200, { mark: ${mark}, `,
    ),
  );

/** Calls the list until it is stopped, four callers at a time, as visitors would. */
function visit(): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const visitor = async () => {
    while (!stopping.signal.aborted) await fetch(`${url}/todos`).catch(() => undefined);
  };
  const visitors = Promise.all([visitor(), visitor(), visitor(), visitor()]);
  return {
    async stop() {
      stopping.abort();
      await visitors;
    },
  };
}

describe("a newcomer's path from an empty folder, line by line", () => {
  it("installs the package, and makes a project of it", async () => {
    await shell.type(`npm install --save-dev "${shell.tarball}"`);
    const { stdout } = await shell.type("npx tidegate init");
    expect(stdout).toBe(
      "Created todo from the starter todo: 17 files.\n  npm install\n  npm test\n  npx tidegate dev\n",
    );
    const installed = await shell.type("npm install");
    expect(installed.stderr).not.toMatch(/npm warn/i);
  });

  it("tests it", async () => {
    const { stdout } = await shell.type("npm test");
    expect(stdout).toMatch(/Tests +4 passed \(4\)/);
  });

  it("has a saved file live in a dev session, beside a build error, and ends it with Ctrl-C", async () => {
    const dev = shell.start("npx tidegate dev");
    await dev.printed(/watching 5 functions/);
    url = /^Todo\.ApiUrl = (\S+)$/m.exec(await dev.printed(/ApiUrl/))?.[1] ?? "";
    answerWith(1);
    await dev.printed(/^functions\/todo\/list\.ts → List: live in \d+ ms$/m);
    expect(await list()).toMatchObject({ mark: 1, todos: [] });
    save(LIST, (text) => text.replace("mark: 1, ", "mark: 1,, "));
    await dev.printed(/last good version keeps serving[\s\S]*functions\/todo\/list\.ts:19:/);
    expect(await list()).toMatchObject({ mark: 1 });
    save(LIST, (text) => text.replace("mark: 1,, ", "mark: 2, "));
    await dev.printed(/live in \d+ ms[\s\S]*live in \d+ ms/);
    expect(await list()).toMatchObject({ mark: 2 });
    dev.pressCtrlC();
    const { stdout } = await dev.ended;
    expect(stdout).toMatch(/^Stopped\. What is live stays live\.$/m);
  });

  it("invokes a function, and reads its log", async () => {
    const { stdout } = await shell.type(
      'npx tidegate invoke create --event http-api --set \'body={"title":"buy milk"}\'',
    );
    expect(stdout).toContain('"statusCode": 201');
    expect(stdout).toMatch(/^Todo\/Create v1, request \S+, took [\d.]+ ms, \d+ of 256 MB/m);
    const logs = await shell.type("npx tidegate logs create list");
    expect(logs.stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} Todo\/Create v1 [0-9a-f]{8} {2}took /m);
    expect(logs.stdout).toMatch(/Todo\/List v3 /);
    const open = await shell.type("npx tidegate open --print");
    expect(open.stdout).toBe(`${url}\n`);
    expect(await list()).toMatchObject({ todos: [{ title: "buy milk" }] });
  });

  it("deploys with a canary", async () => {
    answerWith(3);
    const diff = await shell.type("npx tidegate diff");
    expect(diff.stdout).toMatch(
      /^Todo: 1 difference\n {2}Todo\/List: code changed → new version, shifted by Canary10Percent5Minutes\n/,
    );
    const { stdout, stderr } = await shell.type("npx tidegate deploy");
    expect(stderr).toContain("On this stage each wait of Canary10Percent5Minutes is at most 5 s long.");
    expect(stderr).toContain("Step 1 of 1: 10 % of calls on the new version of Todo/List; 5 s left");
    expect(stdout).toMatch(/^Release \S+: SUCCEEDED\nStage local, [\d.]+ s, 1 asset uploaded\.$/m);
    expect(stdout).toContain(`Todo.ApiUrl = ${url}\n`);
    expect(await list()).toMatchObject({ mark: 3 });
  });

  it("ships a bad version to visitors, which is found and brought back by itself, and explained", async () => {
    answerWith(4, '  throw new TypeError("there is no list today");\n');
    await shell.type("npx tidegate local clock --speed 10");
    const visitors = visit();
    try {
      const { stdout } = await shell.type("npx tidegate deploy --real-time", 3);
      expect(stdout).toMatch(/^Release \S+: ROLLED_BACK by analysis: Todo\/List: /m);
    } finally {
      await visitors.stop();
    }
    expect(await list()).toMatchObject({ mark: 3 });
    const { stdout } = await shell.type("npx tidegate explain");
    expect(stdout).toMatch(
      /TypeError: there is no list today \(only the new version fails so\)\n {4}(?:once|\d+ times), first at \S+, request \S+\n {6}at \S+ \(functions\/todo\/list\.ts:19:\d+\)\n/,
    );
    expect(stdout).not.toMatch(/node_modules|node:internal|\.tidegate/);
    const errors = await shell.type("npx tidegate logs list --errors --since 10m");
    expect(errors.stdout).toMatch(
      /ERROR TypeError: there is no list today[^\n]*\n {4}at \S+ \(functions\/todo\/list\.ts:19:/,
    );
  });

  it("ships the fix, rolls it back all the same, and destroys everything", async () => {
    answerWith(5);
    await shell.type("npx tidegate local clock --speed 1");
    await shell.type("npx tidegate deploy");
    expect(await list()).toMatchObject({ mark: 5 });
    const { stdout } = await shell.type('npx tidegate rollback -m "the old one was nicer"');
    expect(stdout).toMatch(/^Release \S+: ROLLED_BACK/);
    expect(await list()).toMatchObject({ mark: 3 });
    const history = await shell.type("npx tidegate history");
    expect(history.stdout).toMatch(/rollback ROLLED_BACK {2}1 alias moved, by .*the old one was nicer/);
    await shell.type("npx tidegate destroy --yes");
    expect((await fetch(`${url}/todos`)).status).toBe(404);
    const left = await shell.type("npx tidegate list", 1);
    expect(left.stderr).toMatch(/NothingDeployed/);
  });
});

describe("the installed package, in a project of its own", () => {
  it("synthesises and deploys an app", async () => {
    const write = (path: string, text: string) => {
      mkdirSync(join(shell.folder, path, ".."), { recursive: true });
      writeFileSync(join(shell.folder, path), text);
    };
    write("hello/package.json", '{ "name": "hello", "private": true, "type": "module" }\n');
    write("hello/cdk.json", '{ "app": "node app.ts" }\n');
    write(
      "hello/src/hello.ts",
      'export const handler = async (): Promise<object> => ({ statusCode: 200, body: "hello from the tarball" });\n',
    );
    write(
      "hello/app.ts",
      `import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth } from "tidegate";
const stack = new Stack(new App(), "Hello");
const hello = new Function(stack, "Hello", { entry: "src/hello.ts" });
const api = new HttpApi(stack, "Api", { defaultAuthorizer: HttpAuth.none(), routes: { "GET /": hello } });
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint });
`,
    );
    await shell.type("cd hello && npx tidegate synth --json");
    const deploy = await shell.type("cd hello && npx tidegate deploy --json");
    const { stacks } = JSON.parse(deploy.stdout) as { stacks: { outputs: { ApiUrl: string } }[] };
    const [{ outputs } = { outputs: { ApiUrl: "" } }] = stacks;
    const answer = await fetch(`${outputs.ApiUrl}/`);
    expect([answer.status, await answer.text()]).toEqual([200, "hello from the tarball"]);
    expect((await fetch(`${outputs.ApiUrl}/none`)).status).toBe(404);
    await shell.type("cd hello && npx tidegate local stop");
  });

  it.each([
    [
      "vitest",
      "npx vitest run --root . --testTimeout 120000",
      'import { expect, test } from "vitest";',
      "expect(body).toBe(HELLO);",
    ],
    [
      "node:test",
      "node --test hello.test.ts",
      'import { test } from "node:test";\nimport assert from "node:assert/strict";',
      "assert.equal(body, HELLO);",
    ],
  ])("has a testing kit for %s", async (_name, line, imports, check) => {
    writeFileSync(
      join(shell.folder, "hello/hello.test.ts"),
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
    const { stdout } = await shell.type(`cd hello && ${line}`);
    expect(stdout).toMatch(/1 passed|pass 1/);
  });

  it("has every page that its README names", () => {
    const installed = join(shell.folder, "node_modules/tidegate");
    const readme = readFileSync(join(installed, "README.md"), "utf8");
    const pages = [...readme.matchAll(/\]\(([^)#:]+\.md)/g)].map(([, page = ""]) => page);
    expect(pages.length).toBeGreaterThan(10);
    for (const page of pages) expect(readFileSync(join(installed, page), "utf8")).toMatch(/^# /);
  });
});
