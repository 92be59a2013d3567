import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevRun, startDev } from "../helpers/dev-run.ts";
import { exampleProject, type TestProject } from "../helpers/project.ts";
import { call } from "../helpers/todo-client.ts";

const LIST = "functions/todo/list.ts";

let project: TestProject;
let dev: DevRun;
let url: string;

interface Status {
  readonly aliases: readonly { readonly path: string; readonly drifted: boolean; readonly live: { primary: string } }[];
  readonly release: { readonly kind: string; readonly state: string };
}

/** Has the list answer with a mark of its own. */
function markList(mark: string): void {
  project.edit(LIST, (text) => text.replace(/reply\(200, \{ (?:mark: "[^"]*", )?/, `reply(200, { mark: "${mark}", `));
}

async function listMark(): Promise<unknown> {
  return (await call(url, "GET", "/todos")).body["mark"];
}

beforeAll(async () => {
  project = exampleProject();
  const checked = { strict: true, skipLibCheck: true, types: ["node"] };
  const compilerOptions = { ...checked, module: "nodenext", noEmit: true, allowImportingTsExtensions: true };
  project.write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["functions"] }));
  dev = startDev(project);
  const ready = await dev.next("DevReady");
  url = ready.data?.outputs?.["Todo"]?.["ApiUrl"] ?? "";
});

afterAll(async () => {
  dev.command.process.kill("SIGKILL");
  await project.remove();
});

describe("a dev session", () => {
  it("brings a saved handler live, and no other function", async () => {
    markList("one");
    const live = await dev.next("DevLive");
    expect(live.text).toMatch(/^functions\/todo\/list\.ts → List: live in \d+ ms$/);
    expect(await listMark()).toBe("one");
  });

  it("brings every function live that a shared file is part of", async () => {
    project.edit("functions/todo/todo.ts", (text) => `${text}\nexport const unused = 1;\n`);
    const { data } = await dev.next("DevLive");
    const names = data?.functions?.map(({ name }) => name);
    expect(names?.toSorted()).toEqual(["Create", "Get", "List", "Update"]);
  });

  it("keeps the data of tables across saves", async () => {
    const { body } = await call<{ id: string }>(url, "POST", "/todos", { title: "kept" });
    markList("two");
    await dev.next("DevLive");
    const { body: page } = await call<{ mark: string; todos: { id: string }[] }>(url, "GET", "/todos");
    expect(page).toMatchObject({ mark: "two", todos: [{ id: body.id }] });
  });

  it("shows a build that fails with file, line and code, and the last good version keeps serving", async () => {
    project.edit(LIST, (text) => text.replace("reply(200, {", "reply(200, , {"));
    const failed = await dev.next("DevBuildFailed");
    expect(failed.text).toContain("its last good version keeps serving");
    expect(failed.text).toMatch(/functions\/todo\/list\.ts:\d+:\d+:\n\s+\d+ │ .*reply\(200, , \{/);
    expect(await listMark()).toBe("two");
    project.edit(LIST, (text) => text.replace("reply(200, , {", "reply(200, {").replace('"two"', '"three"'));
    await dev.next("DevLive", /List/);
    expect(await listMark()).toBe("three");
  });

  it("reports type errors beside the save, which is live all the same", async () => {
    project.edit(LIST, (text) => `${text}\nexport const count: number = "many";\n`);
    await dev.next("DevLive", /List/);
    const { text } = await dev.next("DevTypeErrors");
    expect(text).toMatch(/functions\/todo\/list\.ts:\d+:14 TS2322: Type 'string' is not assignable to type 'number'/);
    project.edit(LIST, (code) => code.replace('"many"', "7"));
    await dev.next("DevTypesRight");
  });

  it("shows what functions log, with version, request, duration and memory", async () => {
    project.edit(LIST, (text) => text.replace("const after", 'console.log("listing");\n  const after'));
    const live = await dev.next("DevLive");
    const version = live.data?.functions?.[0]?.version;
    await call(url, "GET", "/todos");
    const line = await dev.next("DevLog", /listing/);
    expect(line.text).toMatch(new RegExp(`Todo/List v${version} [0-9a-f]{8}`));
    const report = await dev.next("DevLog", /\d MB/);
    expect(report.text).toMatch(new RegExp(`Todo/List v${version} .*\\d ms`));
  });

  it("disturbs no release that is under way: the save is refused with what to do", async () => {
    const deploying = project.start("deploy", "--rollout", "Canary10Percent5Minutes", "--real-time");
    await deploying.saw(/10 %/);
    const before = await project.json<Status>("status");
    markList("four");
    const refused = await dev.next("DevSaveFailed");
    expect(refused.text).toMatch(/functions\/todo\/list\.ts: not live\.[\s\S]*→ /);
    const after = await project.json<Status>("status");
    expect(after.aliases.map(({ live }) => live)).toEqual(before.aliases.map(({ live }) => live));
    await project.json("abort");
    expect((await deploying.ended).exitCode).toBe(3);
    project.edit(LIST, (text) => `${text}\n// Saved again.\n`);
    await dev.next("DevLive");
    expect(await listMark()).toBe("four");
  });

  it("leaves an alias that is the journal's own: status sees no drift", async () => {
    const { release, aliases } = await project.json<Status>("status");
    expect(release).toMatchObject({ kind: "dev", state: "SUCCEEDED" });
    expect(aliases.filter(({ drifted }) => drifted)).toEqual([]);
  });

  it("deploys a changed construct through its stack", async () => {
    project.edit("bin/app.ts", (text) =>
      text.replace("environment: { TABLE_NAME", 'environment: { COLOUR: "blue", TABLE_NAME'),
    );
    project.edit(LIST, (text) => text.replace('mark: "four"', 'mark: process.env["COLOUR"]'));
    await dev.next("DevReady");
    await expect.poll(listMark).toBe("blue");
  });

  it("ends with Ctrl-C, and leaves what is live", async () => {
    expect(await dev.stop()).toBe(0);
    expect(dev.events.at(-1)?.code).toBe("DevStopped");
    expect(await listMark()).toBe("blue");
  });
});

describe("after a dev session", () => {
  it("a deploy of other sources publishes what their template says, also where the stacks need nothing", async () => {
    await project.json("deploy", "--rollout", "AllAtOnce");
    dev = startDev(project);
    await dev.next("DevReady");
    project.edit(LIST, (text) => text.replace('mark: process.env["COLOUR"]', 'mark: "saved"'));
    await dev.next("DevLive");
    dev.command.process.kill("SIGKILL");
    await dev.command.ended;
    expect(await listMark()).toBe("saved");
    project.edit(LIST, (text) => text.replace('mark: "saved"', 'mark: process.env["COLOUR"]'));
    const deployed = await project.json<{ unchanged: boolean }>("deploy", "--rollout", "AllAtOnce");
    expect(deployed).toMatchObject({ exitCode: 0, unchanged: false });
    expect(await listMark()).toBe("blue");
    expect(await project.json("deploy")).toMatchObject({ exitCode: 0, unchanged: true });
  });

  it("rollback goes back to what was live before it", async () => {
    dev = startDev(project);
    await dev.next("DevReady");
    for (const mark of ["first", "second"]) {
      project.edit(LIST, (text) => text.replace(/mark: (?:process\.env\["COLOUR"\]|"first")/, `mark: "${mark}"`));
      await dev.next("DevLive");
    }
    expect(await listMark()).toBe("second");
    expect(await dev.stop()).toBe(0);
    expect(await project.json("rollback", "--yes")).toMatchObject({ exitCode: 0 });
    expect(await listMark()).toBe("blue");
  });
});
