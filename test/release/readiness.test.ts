import { describe, expect, test } from "vitest";
import { abortRelease, pauseRelease } from "../../lib/release/verbs/ask.ts";
import { explainRelease } from "../../lib/release/verbs/look.ts";
import { pruneVersions } from "../../lib/release/verbs/prune.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import type { World } from "../helpers/simulated-aws/world.ts";
import { hook, MINUTE, Rehearsal } from "./rehearsal.ts";

const ALL_AT_ONCE = { name: "AllAtOnce", steps: [], finalBakeMs: 0 };
type Settings = Parameters<World["publish"]>[1];

/** An app whose function `list` gets versions with these settings. */
function newApp(settings: Settings): Rehearsal {
  const app = new Rehearsal({ plan: { policy: ALL_AT_ONCE } });
  setNext(app, settings);
  return app;
}

function setNext(app: Rehearsal, settings: Settings): void {
  app.sim.stackScript.creates.set("Shop/list", { target: app.members[1]!.target!, changed: true, settings });
}

function concurrencyOf(app: Rehearsal, name = "list"): Record<string, number> {
  const { concurrency } = app.sim.world.functions.get(name)!;
  return Object.fromEntries([...concurrency].map(([version, { requested }]) => [version, requested]));
}

/** Deploys one release after another. */
async function deployAll(app: Rehearsal, ...digests: readonly string[]): Promise<void> {
  for (const digest of digests) {
    expect(await app.deploy("anna", app.plan(digest))).toMatchObject({ exitCode: 0 });
  }
}

async function toldOf(app: Rehearsal, ...codes: readonly string[]): Promise<string[]> {
  const told = await app.sim.run(explainRelease(app.process("reader").ports));
  return told!.events.filter(({ code }) => codes.includes(code)).map(({ code, text }) => `${code} ${text}`);
}

describe("a new version", () => {
  test("that is Pending is waited for before any traffic reaches it", async () => {
    const app = newApp({ pendingMs: 4 * MINUTE });
    const start = app.sim.scheduler.now;
    expect(await app.deploy()).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    app.expectNoViolations();
    expect(app.sim.scheduler.now - start).toBeGreaterThan(4 * MINUTE);
    expect(await toldOf(app, "VersionAwaited", "VersionReady")).toEqual([
      "VersionAwaited Shop/list: version 2 is Pending (Creating: The function is being created.)",
      "VersionReady Shop/list: the new version is ready",
    ]);
  });

  test("that stays Pending ends the release after a while, with AWS's reason", async () => {
    const app = newApp({ pendingMs: 24 * 60 * MINUTE });
    const { release } = await app.deploy();
    expect(release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "timeout" } });
    expect(release?.cause?.text).toContain("not ready after 15 minutes: Shop/list: version 2 is Pending (Creating:");
    expect(app.oracle.writes).toEqual([]);
  });

  test("that Failed ends the release at once, with AWS's reason", async () => {
    const stateReason = { code: "SubnetOutOfIPAddresses", text: "Lambda was not able to set up VPC access." };
    const app = newApp({ state: "Failed", stateReason });
    const { release } = await app.deploy();
    expect(release?.cause).toEqual({
      trigger: "preflight",
      text: "Shop/list: version 2 is Failed (SubnetOutOfIPAddresses: Lambda was not able to set up VPC access.)",
    });
    expect(app.oracle.writes).toEqual([]);
  });

  test("takes traffic when its provisioned concurrency is READY, and not before", async () => {
    const app = newApp({ concurrency: 5 });
    app.sim.world.provisionMs = 10 * MINUTE;
    const start = app.sim.scheduler.now;
    expect(await app.deploy()).toMatchObject({ exitCode: 0 });
    app.expectNoViolations();
    expect(app.sim.scheduler.now - start).toBeGreaterThan(10 * MINUTE);
    expect((await toldOf(app, "VersionAwaited"))[0]).toContain("version 2 has 0 of 5 provisioned concurrency");
  });

  test("whose provisioned concurrency FAILED ends the release with AWS's reason", async () => {
    const app = newApp({ concurrency: 5 });
    app.sim.world.provisionFailure = "FUNCTION_ERROR_INIT_FAILURE";
    const { release } = await app.deploy();
    expect(release?.cause?.text).toBe(
      "Shop/list: version 2 has 0 of 5 provisioned concurrency: FAILED (FUNCTION_ERROR_INIT_FAILURE)",
    );
    expect(app.oracle.writes).toEqual([]);
    expect(concurrencyOf(app)).toEqual({});
  });
});

describe("provisioned concurrency of old versions", () => {
  test("stays on the live version and on the one that a rollback goes back to, and nowhere else", async () => {
    const app = newApp({ concurrency: 5 });
    await deployAll(app, "one", "two");
    expect(concurrencyOf(app)).toEqual({ 2: 5, 3: 5 });
    await deployAll(app, "three");
    expect(concurrencyOf(app)).toEqual({ 3: 5, 4: 5 });
    expect(await toldOf(app, "ConcurrencyReleased")).toEqual([
      "ConcurrencyReleased provisioned concurrency that served no traffic is released: Shop/list: 5 from version 2",
    ]);
    await deployAll(app, "four", "five", "six");
    expect(concurrencyOf(app)).toEqual({ 6: 5, 7: 5 });
    app.expectNoViolations();
  });

  test("stays on a version that another alias refers to, or that a durable execution runs on", async () => {
    const app = newApp({ concurrency: 5, durable: true });
    await deployAll(app, "one", "two");
    const fn = app.sim.world.functions.get("list")!;
    app.sim.world.addAlias("list", "beta", "2");
    await deployAll(app, "three");
    fn.executions.set("3", 1);
    await deployAll(app, "four", "five");
    expect(Object.keys(concurrencyOf(app))).toEqual(["2", "3", "5", "6"]);
  });

  test("is removed when a release is aborted, and is READY again when the same template is deployed again", async () => {
    const app = newApp({ concurrency: 5 });
    await deployAll(app, "one");
    app.sim.world.hooks.set("postTraffic-hook", () => ({ payload: "no" }));
    const hooks = [hook("postTraffic")];
    expect(await app.deploy("anna", app.plan("two", { hooks }))).toMatchObject({ exitCode: 3 });
    expect(concurrencyOf(app)).toEqual({ 2: 5 });
    await deployAll(app, "two");
    app.expectNoViolations();
    expect(app.oracle.live()["Shop/list"]).toBe("3");
    expect(concurrencyOf(app)).toEqual({ 2: 5, 3: 5 });
  });

  test("ends the release where AWS refuses to restore it", async () => {
    const app = newApp({ concurrency: 5 });
    await deployAll(app, "one");
    app.sim.world.hooks.set("postTraffic-hook", () => ({ payload: "no" }));
    await app.deploy("anna", app.plan("two", { hooks: [hook("postTraffic")] }));
    app.sim.world.concurrencyLimit = 8;
    const { release } = await app.deploy("anna", app.plan("two"));
    expect(release?.cause?.text).toContain("version 3 gets no provisioned concurrency of 5");
    expect(release?.cause?.text).toContain("reservedConcurrentExecution");
    expect(app.oracle.live()["Shop/list"]).toBe("2");
  });

  test("is taken by `prune` too, and named by its dry run", async () => {
    const app = newApp({ concurrency: 5 });
    await deployAll(app, "one", "two");
    app.sim.world.setConcurrency("list", "1", 7);
    const prune = (dryRun: boolean) => {
      const { ports } = app.process("ben");
      return app.sim.run(pruneVersions(ports, { ...app.options("ben"), dryRun }));
    };
    expect(await prune(true)).toMatchObject({ released: { "Shop/list": { 1: 7 } } });
    expect(concurrencyOf(app)).toEqual({ 1: 7, 2: 5, 3: 5 });
    expect(await prune(false)).toMatchObject({ released: { "Shop/list": { 1: 7 } } });
    expect(concurrencyOf(app)).toEqual({ 2: 5, 3: 5 });
  });

  test("that cannot be read is named and delays nothing", async () => {
    const app = newApp({});
    app.sim.faults.push({
      service: "lambda",
      operation: "ListProvisionedConcurrencyConfigs",
      kind: "drop",
      times: 99,
      skip: 3,
    });
    await deployAll(app, "one");
    expect((await toldOf(app, "PruneSkipped"))[0]).toContain("cannot be read, and stays");
  });
});

describe("a rollback", () => {
  const back = (app: Rehearsal, to?: string) =>
    app.act("ben", (ports, options) => rollbackRelease(ports, to === undefined ? options : { ...options, to }));

  /** Three releases; the first one's version has lost its provisioned concurrency. */
  async function afterThree(settings: Settings): Promise<{ app: Rehearsal; first: string }> {
    const app = newApp(settings);
    const first = (await app.deploy("anna", app.plan("one"))).release!.id;
    await deployAll(app, "two", "three");
    app.expectNoViolations();
    return { app, first };
  }

  test("to the previous version moves at once: its provisioned concurrency is still there", async () => {
    const { app } = await afterThree({ concurrency: 5 });
    const start = app.sim.scheduler.now;
    expect(await back(app)).toMatchObject({ exitCode: 0 });
    app.expectNoViolations();
    expect(app.sim.scheduler.now - start).toBeLessThan(2 * MINUTE);
    expect(app.oracle.live()["Shop/list"]).toBe("3");
    expect(concurrencyOf(app)).toEqual({ 3: 5 });
  });

  test("puts provisioned concurrency back, and waits until it is READY", async () => {
    const { app, first } = await afterThree({ concurrency: 5 });
    const start = app.sim.scheduler.now;
    expect(await back(app, first)).toMatchObject({ exitCode: 0 });
    app.expectNoViolations();
    expect(app.sim.scheduler.now - start).toBeGreaterThan(90_000);
    expect(app.oracle.live()["Shop/list"]).toBe("2");
    expect(concurrencyOf(app)).toMatchObject({ 2: 5 });
    expect(await toldOf(app, "VersionAwaited", "VersionReady")).toEqual([
      "VersionAwaited Shop/list: version 2 gets its provisioned concurrency of 5 back",
      "VersionAwaited Shop/list: version 2 has 0 of 5 provisioned concurrency",
      "VersionReady Shop/list: version 2 is ready",
    ]);
  });

  test.each([
    [
      "takes too long",
      (world: World) => (world.provisionMs = 60 * MINUTE),
      "has 0 of 5 provisioned concurrency after 5",
    ],
    ["fails", (world: World) => (world.provisionFailure = "INTERNAL"), "FAILED (INTERNAL)"],
    ["is refused", (world: World) => (world.concurrencyLimit = 1), "reservedConcurrentExecution"],
  ])("moves without provisioned concurrency that %s, and says so", async (_what, spoil, words) => {
    const { app, first } = await afterThree({ concurrency: 5 });
    spoil(app.sim.world);
    const start = app.sim.scheduler.now;
    expect(await back(app, first)).toMatchObject({ exitCode: 0 });
    app.expectNoViolations();
    expect(app.sim.scheduler.now - start).toBeLessThan(10 * MINUTE);
    expect(app.oracle.live()["Shop/list"]).toBe("2");
    const [told] = await toldOf(app, "VersionNotReady");
    expect(told).toContain(words);
    expect(told).toContain("traffic goes back without it, so first calls may start cold");
  });

  test("wakes Inactive versions of several functions, and moves traffic when they are Active", async () => {
    const { app } = await afterThree({});
    for (const name of ["create", "list", "notify"]) app.sim.world.age(name);
    const start = app.sim.scheduler.now;
    expect(await back(app)).toMatchObject({ exitCode: 0 });
    app.expectNoViolations();
    expect(app.sim.scheduler.now - start).toBeGreaterThan(MINUTE);
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "3", "Shop/list": "3", "Shop/notify": "3" });
    const told = await toldOf(app, "VersionAwaited");
    expect(told).toContain("VersionAwaited Shop/list: version 3 is Inactive (Idle: The function is idle.)");
  });

  test("brings the others back while one version is woken", async () => {
    const { app } = await afterThree({});
    app.sim.world.age("list");
    await back(app);
    app.expectNoViolations();
    const order = app.oracle.writes.filter(({ who }) => who === "ben").map(({ path }) => path);
    expect(order.at(-1)).toBe("Shop/list");
    expect(order).toHaveLength(4);
  });

  test.each([
    ["Inactive", /is (Inactive|Pending) .* after 5 minutes: wait and run `rollback` again/],
    ["Failed", /is Failed .* and cannot serve/],
  ] as const)("never moves onto a version that becomes %s when it is woken", async (wakes, words) => {
    const { app } = await afterThree({});
    app.sim.world.age("list");
    app.sim.world.wakes = wakes;
    const outcome = await back(app);
    app.expectNoViolations();
    expect(outcome).toMatchObject({ exitCode: 5, release: { state: "ROLLBACK_BLOCKED" } });
    expect(app.oracle.live()).toMatchObject({ "Shop/create": "3", "Shop/list": "4", "Shop/notify": "3" });
    const { stragglers } = (outcome as Exclude<typeof outcome, "killed">).release!;
    expect(stragglers.map(({ path }) => path)).toEqual(["Shop/list"]);
    expect(stragglers[0]!.reason).toMatch(words);
    expect(stragglers[0]!.reason).toContain("`rollback <release>`");
    if (wakes === "Failed") return;
    app.sim.world.wakes = "Active";
    expect(await app.act("ben", resumeRelease)).toMatchObject({ release: { state: "ROLLED_BACK" } });
    expect(app.oracle.live()["Shop/list"]).toBe("3");
  });

  test("goes back at once where the state cannot be read", async () => {
    const { app } = await afterThree({});
    app.sim.faults.push({ service: "lambda", operation: "GetFunctionConfiguration", kind: "drop", times: 999 });
    const start = app.sim.scheduler.now;
    expect(await back(app)).toMatchObject({ exitCode: 0 });
    expect(app.sim.scheduler.now - start).toBeLessThan(2 * MINUTE);
    expect((await toldOf(app, "VersionNotReady"))[0]).toContain("traffic goes back all the same");
  });

  test("of a canary makes no call for readiness: the stable version serves", async () => {
    const app = new Rehearsal();
    app.sim.world.hooks.set("perStep-hook", () => ({ payload: "no" }));
    app.sim.faults.push({
      service: "lambda",
      operation: "GetFunctionConfiguration",
      kind: "drop",
      times: 999,
      skip: 6,
    });
    const outcome = await app.deploy("anna", app.plan("digest-1", { hooks: [hook("perStep")] }));
    expect(outcome).toMatchObject({ exitCode: 3, release: { state: "ROLLED_BACK" } });
    expect(app.sim.faults.at(-1)?.times).toBe(999);
    app.expectNoViolations();
  });

  test("of a release that was paused for weeks wakes the stable version", async () => {
    const app = newApp({});
    const policy = { name: "Custom", steps: [], finalBakeMs: 60 * MINUTE };
    const driven = app.deploy("anna", app.plan("one", { policy }));
    await app.sim.pass(10 * MINUTE);
    await app.act("ben", pauseRelease);
    expect(await driven).toMatchObject({ release: { state: "PAUSED", pause: { from: "BAKING" } } });
    await app.sim.pass(20 * 24 * 60 * MINUTE);
    app.sim.world.age("list");
    expect(await app.act("ben", abortRelease)).toMatchObject({ release: { state: "ROLLED_BACK" } });
    app.expectNoViolations();
    expect(app.oracle.live()["Shop/list"]).toBe("1");
    expect((await toldOf(app, "VersionAwaited"))[0]).toContain("Inactive");
  });
});
