import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleProject, type TestProject } from "../helpers/project.ts";
import { watch, type Watch } from "../helpers/todo-client.ts";

interface Deployed {
  readonly exitCode: number;
  readonly release?: { readonly id: string; readonly state: string };
  readonly handedTo?: { readonly actor: string };
  readonly stacks: readonly { readonly outputs: Record<string, string> }[];
  readonly error?: { readonly code: string; readonly fix?: string };
}

interface Status {
  readonly release: { readonly id: string; readonly state: string };
  readonly driven: boolean;
  readonly lock?: { readonly holder: string };
  readonly aliases: readonly { readonly live: { readonly primary: string; readonly additional?: object } }[];
  readonly stacks: Record<string, string>;
}

let project: TestProject;
let client: Watch | undefined;
/** Where the app answers, once it is deployed. */
let url: string;

beforeAll(async () => {
  project = exampleProject();
  await project.tidegate("local", "start", "--clock-speed", "60");
});

afterAll(async () => {
  await client?.stop();
  await project.remove();
});

function addDriver(): void {
  project.edit("bin/app.ts", (text) =>
    text
      .replace(/import \{([^}]*)\} from "tidegate";/, 'import {$1, ReleaseDriver } from "tidegate";')
      .replace(/(const stack = new Stack\([^\n]*\n)/, '$1new ReleaseDriver(stack, "Driver");\n'),
  );
}

/** Makes `GET /todos` answer a header that it did not answer before. */
function mark(code: string): void {
  project.edit("functions/todo/list.ts", (text) =>
    text.includes("x-code")
      ? text.replace(/"x-code": "[^"]*"/, `"x-code": "${code}"`)
      : `${text}\nconst inner = handler;\nexport const marked = async (event: never) => {\n  const answer = (await inner(event)) as { headers?: object };\n  return { ...answer, headers: { ...answer.headers, "x-code": "${code}" } };\n};\n`,
  );
  project.edit("bin/app.ts", (text) =>
    text.replace(
      /entry: (`functions\/todo\/\$\{verb\}\.ts`),( handler: [^\n]*)?/,
      'entry: $1, handler: verb === "list" ? "marked" : "handler",',
    ),
  );
}

const codeOf = (_body: string, headers: Headers) => headers.get("x-code") ?? "old";
const status = () => project.json<Status>("status");
const clockSpeed = (factor: number) => project.tidegate("local", "clock", "--speed", String(factor));

/** Leaves a release to the account and looks while it is under way: the five minutes of its canary are real until then. */
async function detachSlowly(): Promise<Deployed> {
  await clockSpeed(1);
  const deployed = await project.json<Deployed>("deploy", "--real-time", "--detach");
  expect(deployed.exitCode).toBe(0);
  return deployed;
}

/** How often a command is run that looks at a release. */
const looks = { interval: 1_000 };

/** Waits until the release has shifted some traffic. */
async function untilShifting(): Promise<void> {
  await expect.poll(async () => (await status()).release.state, looks).toBe("SHIFTING");
}

// The tests go on where the one before has left the app: each deploys to it once more.

it("fails when the app has no driver, before anything is made", async () => {
  const refused = await project.tidegate("deploy", "--real-time", "--detach");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("the app has no ReleaseDriver");
  expect(refused.stderr).toContain("new ReleaseDriver(stack");
});

it("takes the first deploy, which the driver of the same deploy ends", async () => {
  addDriver();
  const first = await project.json<Deployed>("deploy", "--real-time", "--detach");
  expect(first).toMatchObject({
    exitCode: 0,
    handedTo: { actor: expect.stringContaining("the driver in the account") },
  });
  expect((await project.tidegate("status", "--watch")).exitCode).toBe(0);
  expect((await status()).release.state).toBe("SUCCEEDED");
  url = first.stacks[0]!.outputs["ApiUrl"]!;
});

it("goes through its canary without a terminal, and its stacks are finalised", async () => {
  client = watch(url, "/todos", codeOf);
  mark("one");
  const deployed = await detachSlowly();
  expect(["READY", "PRE_HOOKS", "SHIFTING"]).toContain(deployed.release!.state);
  const during = await status();
  expect(during).toMatchObject({ driven: true, lock: { holder: expect.stringMatching(/^account\//) } });
  await clockSpeed(60);
  const watched = await project.tidegate("status", "--watch");
  expect(watched.exitCode).toBe(0);
  const after = await status();
  expect(after.release.state).toBe("SUCCEEDED");
  expect(after.aliases.every(({ live }) => live.additional === undefined)).toBe(true);
  expect(Object.values(after.stacks)).toEqual(["UPDATE_COMPLETE"]);
  expect((await project.json<{ differences: number }>("diff")).differences).toBe(0);
  await expect.poll(() => client!.marks.at(-1)).toBe("one");
  expect(new Set(client.marks)).toEqual(new Set(["old", "one"]));
  expect(client.failures).toEqual([]);
  await client.stop();
});

it("succeeds although the whole local cloud is killed during the release", async () => {
  mark("two");
  await detachSlowly();
  await expect
    .poll(async () => (await status()).aliases.some(({ live }) => live.additional !== undefined), looks)
    .toBe(true);
  const { pid } = await project.json<{ pid: number }>("local", "status");
  process.kill(pid, "SIGKILL");
  await project.tidegate("local", "start", "--clock-speed", "60");
  expect((await project.tidegate("status", "--watch")).exitCode).toBe(0);
  const after = await status();
  expect(after.release.state).toBe("SUCCEEDED");
  expect(after.aliases.every(({ live }) => live.additional === undefined)).toBe(true);
});

it("is paused, promoted and aborted from another terminal", async () => {
  const before = await status();
  mark("three");
  await detachSlowly();
  await untilShifting();
  expect((await project.tidegate("pause", "-m", "lunch")).stdout).toContain("the driver in the account");
  await clockSpeed(60);
  expect((await project.tidegate("status", "--watch")).exitCode).toBe(4);
  await project.tidegate("promote");
  await expect.poll(async () => (await status()).release.state, looks).toBe("SUCCEEDED");
  mark("four");
  await detachSlowly();
  await untilShifting();
  await project.tidegate("abort", "-m", "no");
  await clockSpeed(60);
  expect((await project.tidegate("status", "--watch")).exitCode).toBe(3);
  // The aborted release is back already: going further back names the release to go to.
  expect((await project.tidegate("rollback")).exitCode).toBe(7);
  const back = await project.json<Deployed>("rollback", before.release.id);
  expect(back.exitCode).toBe(0);
  expect((await status()).aliases.map(({ live }) => live)).toEqual(before.aliases.map(({ live }) => live));
});

it("is watched by the account after a deploy from a terminal, until the watch is over", async () => {
  project.edit("bin/app.ts", (text) =>
    text.replace('policy: "Canary10Percent5Minutes",', 'policy: "AllAtOnce", watch: Duration.minutes(10),'),
  );
  mark("five");
  await clockSpeed(1);
  const deployed = await project.json<Deployed>("deploy", "--real-time");
  expect(deployed).toMatchObject({
    exitCode: 0,
    release: { state: "SUCCEEDED" },
    handedTo: { actor: expect.stringContaining("the driver in the account") },
  });
  expect(await status()).toMatchObject({ driven: false, release: { watch: { status: "watching" } } });
  await clockSpeed(60);
  await expect
    .poll(async () => (await status()).release, { ...looks, timeout: 120_000 })
    .toMatchObject({ id: deployed.release!.id, state: "SUCCEEDED", watch: { status: "over" } });
  expect((await project.tidegate("explain")).stdout).toContain("WatchEnded");
});
