import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from "vitest";
import type { Verb } from "../../lib/cli/verb.ts";
import { VERBS } from "../../lib/cli/verbs.ts";
import { bareProject, type TestProject } from "../helpers/project.ts";

let project: TestProject;

interface LocalDocument {
  readonly running: boolean;
  readonly endpoint: string;
  readonly stateFolder: string;
  readonly now: string;
  readonly stopped: boolean;
  readonly error: { readonly code: string; readonly message: string; readonly fix: string };
}

describe("outside of a project", () => {
  afterEach(() => project.remove());

  it("the local verbs use a cloud of the user's own, in the user's folder for state", async () => {
    project = bareProject();
    const folder = join(project.folder, ".local/state/tidegate/local");
    const before = await project.json<LocalDocument>("local", "status");
    expect(before).toMatchObject({ running: false, stateFolder: folder });
    expect((await project.json<LocalDocument>("local", "clock")).error.code).toBe("LocalCloudNotRunning");

    const { stdout } = await project.tidegate("local", "start");
    expect(stdout).toContain(`This folder has no cdk.json, so it is your own cloud, in ${folder}.`);
    const status = await project.json<LocalDocument>("local", "status");
    expect(status).toMatchObject({ running: true, stateFolder: folder });
    expect((await fetch(`${status.endpoint}/_tidegate/health`)).status).toBe(200);

    const clock = await project.json<LocalDocument>("local", "clock", "--advance", "1d");
    expect(Date.parse(clock.now)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect(await project.json<LocalDocument>("local", "stop")).toMatchObject({ stopped: true });
    expect((await project.tidegate("local", "status")).exitCode).toBe(1);
  });

  it("a cloud that does not answer is not taken for one that is not there, and can be stopped", async () => {
    project = bareProject();
    const { pid } = await project.json<{ pid: number }>("local", "start");
    process.kill(pid, "SIGSTOP");
    const status = await project.tidegate("local", "status");
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toMatch(
      new RegExp(`^The local cloud runs \\(process ${pid}, port \\d+\\) and does not answer\\..*tidegate local stop`),
    );
    const { error } = await project.json<LocalDocument>("local", "clock");
    expect(error).toMatchObject({ code: "LocalCloudSilent", fix: expect.stringContaining("tidegate local stop") });
    expect(await project.json<LocalDocument>("local", "stop")).toMatchObject({ stopped: true });
    expect(await project.json<LocalDocument>("local", "status")).toMatchObject({ running: false });
  });

  it("the folder for state is the one that XDG_STATE_HOME names", async () => {
    project = bareProject();
    const env = { ...project.environment, XDG_STATE_HOME: join(project.folder, "state") };
    const run = (...words: string[]) => project.run(process.execPath, [project.command, ...words], env);
    await run("local", "start");
    expect(existsSync(join(project.folder, "state/tidegate/local/lock.json"))).toBe(true);
    expect((await run("local", "stop")).stdout).toContain("was stopped");
  });
});

/** Verbs that read a stage, with what they need on the command line. */
const READING: Readonly<Record<string, readonly string[]>> = {
  diff: [],
  status: [],
  history: [],
  explain: [],
  list: [],
  logs: [],
  open: [],
  permissions: ["--check", "--app", "cdk.out"],
};

/** Verbs that start the local cloud, with what they need on the command line. */
const STARTING: Readonly<Record<string, readonly string[]>> = {
  dev: [],
  deploy: [],
  rollback: [],
  pause: [],
  resume: [],
  promote: [],
  abort: [],
  prune: [],
  invoke: ["List"],
  "events send": ["Orders", "{}"],
  destroy: [],
  "local start": [],
};

const stages = { prod: { region: "eu-west-1" } };

describe("in a project whose cloud does not run", () => {
  beforeAll(() => {
    project = bareProject();
    project.write("cdk.json", JSON.stringify({ app: "node app.js", context: { tidegate: { app: "shop", stages } } }));
    project.write("app.js", 'throw new Error("The app must not run before the cloud is found");\n');
    mkdirSync(join(project.folder, "cdk.out"));
    project.write("cdk.out/manifest.json", JSON.stringify({ version: "55.0.0", artifacts: {} }));
  });
  afterAll(() => project.remove());

  it.each(Object.keys(READING))("%s starts no cloud: it says that none runs, and what to run", async (verb) => {
    const { error } = await project.json<LocalDocument>(verb, ...READING[verb]!);
    expect(error).toMatchObject({ code: "LocalCloudNotRunning" });
    expect(error.fix).toContain("tidegate local start");
    expect(existsSync(join(project.folder, ".tidegate/local"))).toBe(false);
  });

  it("permissions prints a policy without a cloud", async () => {
    expect(await project.json("permissions", "--app", "cdk.out")).toMatchObject({ account: "000000000000" });
    expect(existsSync(join(project.folder, ".tidegate/local"))).toBe(false);
  });

  it.each(Object.keys(STARTING))("%s takes --port, as its error about a busy port advises", async (verb) => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { stderr, exitCode } = await project.tidegate(...verb.split(" "), ...STARTING[verb]!, "--port", String(port));
    other.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`error PortBusy: Port ${port} is in use`);
    expect(stderr).toContain(`--port ${port + 1}`);
  });

  it("a port is refused where the stage is not the local cloud", async () => {
    const { stderr, exitCode } = await project.tidegate("deploy", "--stage", "prod", "--port", "4748");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--port is the local cloud's, and the stage is prod");
  });
});

test("every verb with a stage either reads, or starts the local cloud and takes a port", () => {
  // They need no cloud: `doctor` reports whether it runs.
  const withoutCloud = ["synth", "doctor"];
  const flagsOf = ({ flags = [] }: Verb) => flags.map(({ flags: name }) => name);
  const all = VERBS.flatMap((verb) => [
    { path: verb.name, verb },
    ...(verb.verbs ?? []).map((below) => ({ path: `${verb.name} ${below.name}`, verb: below })),
  ]);
  const having = (text: string) => all.filter(({ verb }) => flagsOf(verb).some((name) => name.includes(text)));
  const names = (found: typeof all) => found.map(({ path }) => path).toSorted();
  expect(names(having("--port "))).toEqual(Object.keys(STARTING).toSorted());
  expect(names(having("--stage "))).toEqual(
    [
      ...Object.keys(READING),
      ...Object.keys(STARTING).filter((path) => path !== "local start"),
      ...withoutCloud,
    ].toSorted(),
  );
});
