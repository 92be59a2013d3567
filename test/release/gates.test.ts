import { describe, expect, test } from "vitest";
import { promoteRelease } from "../../lib/release/verbs/ask.ts";
import { explainRelease, releaseHistory } from "../../lib/release/verbs/look.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { ANALYSIS, hook, MINUTE, Rehearsal, type RehearsalOptions } from "./rehearsal.ts";

const ALARMS = [{ path: "Shop/Errors", name: "errors" }];

function appWithAlarm(state = "OK", plan: RehearsalOptions["plan"] = {}): Rehearsal {
  const app = new Rehearsal({ plan: { alarms: ALARMS, ...plan } });
  app.sim.world.alarms.set("errors", { state });
  return app;
}

/** Runs a release and does something when it has been running for a while. */
async function deployAnd(app: Rehearsal, afterMs: number, something: () => void) {
  const anna = app.process("anna");
  const running = startRelease(app.plan(), anna.ports, app.options("anna"));
  await app.sim.run(app.process("clock").ports.clock.sleep(afterMs));
  something();
  const outcome = await app.sim.run(running);
  app.expectNoViolations();
  return outcome;
}

describe("alarms", () => {
  test("one that turns red during a step rolls back every alias with one call each", async () => {
    const app = appWithAlarm();
    const outcome = await deployAnd(app, 4 * MINUTE, () => app.sim.world.alarms.set("errors", { state: "ALARM" }));
    expect(outcome.exitCode).toBe(3);
    expect(outcome.release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "alarm" } });
    expect(app.oracle.writes.filter(({ state }) => state === "ABORTING")).toHaveLength(4);
    expect(app.oracle.live()["Shop/create"]).toBe("1");
  });

  test("one that turns red in the last bake rolls back every alias", async () => {
    const app = appWithAlarm();
    const outcome = await deployAnd(app, 13 * MINUTE, () => app.sim.world.alarms.set("errors", { state: "ALARM" }));
    expect(app.transitions).toContain("BAKING");
    expect(outcome.release?.state).toBe("ROLLED_BACK");
  });

  test("fails when one is red before the start: nothing is staged", async () => {
    const app = appWithAlarm("ALARM");
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.exitCode).toBe(3);
    expect(app.transitions).not.toContain("STAGING");
    expect(app.oracle.writes).toEqual([]);
  });

  test("one that is red before the start can be overridden, which is recorded; its next red counts", async () => {
    const app = appWithAlarm("ALARM", { overrideAlarms: ["errors"] });
    const outcome = await deployAnd(app, 4 * MINUTE, () => app.sim.world.alarms.set("errors", { state: "OK" }));
    expect(outcome.release?.state).toBe("SUCCEEDED");
    const told = await app.sim.run(explainRelease(app.process("ben").ports));
    expect(told?.events.map(({ code }) => code)).toContain("AlarmOverridden");
    const second = appWithAlarm("ALARM", { overrideAlarms: ["errors"] });
    const running = deployAnd(second, 4 * MINUTE, () => {
      second.sim.world.alarms.set("errors", { state: "OK" });
      void second.sim.scheduler.turn(3 * MINUTE).then(() => second.sim.world.alarms.set("errors", { state: "ALARM" }));
    });
    expect((await running).release?.cause).toMatchObject({ trigger: "alarm" });
  });

  test("one about the old version does not block the fix", async () => {
    const app = appWithAlarm();
    app.sim.world.alarms.set("errors", { state: "ALARM", aboutVersion: "1", aboutFunction: "list" });
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release?.state).toBe("SUCCEEDED");
  });

  test("fails when one does not exist", async () => {
    const app = new Rehearsal({ plan: { alarms: ALARMS } });
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "preflight" } });
    expect(app.oracle.writes).toEqual([]);
  });

  test.each(["INSUFFICIENT_DATA", "gone", "unreadable"])("never passes with one that is %s", async (how) => {
    const app = appWithAlarm();
    const outcome = await deployAnd(app, 4 * MINUTE, () => {
      if (how === "gone") app.sim.world.alarms.delete("errors");
      else if (how === "unreadable") app.sim.world.alarmsFail = true;
      else app.sim.world.alarms.set("errors", { state: how });
    });
    expect(outcome).toMatchObject({ exitCode: 4, release: { state: "PAUSED" } });
    expect(app.transitions).not.toContain("SHIFTING 1");
  });
});

describe("hooks", () => {
  const answers: [string, () => object][] = [
    ["answers that it failed", () => ({ payload: '{"status":"failed","reason":"no"}' })],
    ["answers nonsense", () => ({ payload: '"passed"' })],
    ["answers nothing", () => ({ payload: "" })],
    ["crashes", () => ({ crash: '{"errorMessage":"boom"}' })],
    ["is never reached", () => ({ throttled: true })],
  ];

  test.each(answers)("a preTraffic hook that %s keeps traffic where it is", async (_name, script) => {
    const app = new Rehearsal({ plan: { hooks: [hook("preTraffic")] } });
    app.sim.world.hooks.set("preTraffic-hook", script);
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "hook" } });
    expect(app.oracle.writes).toEqual([]);
  });

  test.each(["perStep", "postTraffic"] as const)(
    "a %s hook that fails rolls back every alias, and onRollback is called",
    async (phase) => {
      const app = new Rehearsal({ plan: { hooks: [hook(phase), hook("onRollback")] } });
      app.sim.world.hooks.set(`${phase}-hook`, () => ({ payload: '{"status":"failed","reason":"no"}' }));
      let told = 0;
      app.sim.world.hooks.set("onRollback-hook", () => ({ crash: `${++told}` }));
      const outcome = await app.deploy();
      app.expectNoViolations();
      expect(outcome.release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "hook" } });
      expect(told).toBe(1);
    },
  );

  test("each repetition of one call carries the same key, and each step another", async () => {
    const app = new Rehearsal({ plan: { hooks: [hook("perStep")] } });
    app.sim.world.hooks.set("perStep-hook", () => ({ payload: '{"status":"passed"}' }));
    await app.deploy();
    const keys = app.sim.world.changes.flatMap((change) =>
      change.kind === "hook" ? [(change.payload as { idempotencyKey: string }).idempotencyKey] : [],
    );
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });
});

describe("analysis", () => {
  const plan = { analysis: ANALYSIS };

  test("passes a new version that fails as often as the stable one", async () => {
    const app = new Rehearsal({ plan });
    app.sim.world.traffic.set("list", {
      invocationsPerMinute: 2000,
      errorRates: new Map([
        ["1", 0.02],
        ["2", 0.02],
      ]),
    });
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release?.state).toBe("SUCCEEDED");
  });

  test("rolls back every alias when one new version fails more often, with the figures as evidence", async () => {
    const app = new Rehearsal({ plan });
    app.sim.world.traffic.set("list", {
      invocationsPerMinute: 2000,
      errorRates: new Map([
        ["1", 0.01],
        ["2", 0.08],
      ]),
    });
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "analysis" } });
    expect(outcome.release?.cause?.text).toContain("Shop/list");
    const told = await app.sim.run(explainRelease(app.process("ben").ports));
    const judged = told?.events.find(({ code, text }) => code === "StepJudged" && text.startsWith("FAIL"));
    expect(judged?.evidence).toMatchObject({
      metrics: expect.arrayContaining([expect.objectContaining({ path: "Shop/list", outcome: "FAIL" })]),
    });
  });

  test("the absolute ceiling holds although the stable version is as bad", async () => {
    const app = new Rehearsal({ plan: { analysis: { ...ANALYSIS, maxErrorRate: 0.05 } } });
    app.sim.world.traffic.set("list", {
      invocationsPerMinute: 2000,
      errorRates: new Map([
        ["1", 0.2],
        ["2", 0.2],
      ]),
    });
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release?.state).toBe("ROLLED_BACK");
  });

  test.each([
    ["pause", "PAUSED", 4],
    ["rollback", "ROLLED_BACK", 3],
    ["promote", "SUCCEEDED", 0],
  ] as const)("too few invocations extend the step, then %s", async (onInconclusive, state, exitCode) => {
    const app = new Rehearsal({ plan: { analysis: { ...ANALYSIS, onInconclusive, onQuiet: "wait" } } });
    app.sim.world.traffic.set("notify", { invocationsPerMinute: 20, errorRates: new Map() });
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome).toMatchObject({ exitCode, release: { state } });
    const told = await app.sim.run(explainRelease(app.process("ben").ports));
    expect(told?.events.map(({ code }) => code)).toContain("StepExtended");
  });

  test("metrics that cannot be read are never a pass, not even with onInconclusive: promote", async () => {
    const app = new Rehearsal({ plan: { analysis: { ...ANALYSIS, onInconclusive: "promote" } } });
    app.sim.world.metrics = "failing";
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome).toMatchObject({ exitCode: 4, release: { state: "PAUSED" } });
  });

  test("no data at all is never a pass", async () => {
    const app = new Rehearsal({ plan });
    app.sim.world.metrics = "missing";
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome).toMatchObject({ exitCode: 4, release: { state: "PAUSED" } });
    expect(app.transitions).not.toContain("SHIFTING 1");
  });

  test("the last bake ends no sooner than the last metrics come: its time, a call's longest, and two minutes", async () => {
    const app = new Rehearsal({ plan });
    await app.deploy();
    const told = await app.sim.run(explainRelease(app.process("ben").ports));
    const entered = (state: string) =>
      told!.events.find(({ code, text }) => code === "StateEntered" && text === state)!;
    const bakedMs = entered("POST_HOOKS").at - entered("BAKING").at;
    expect(bakedMs).toBeGreaterThanOrEqual(5 * MINUTE + 10_000 + 2 * MINUTE);
  });

  test("late evidence ends the extension", async () => {
    const app = new Rehearsal({ plan });
    app.sim.world.metrics = "missing";
    const outcome = await deployAnd(app, 9 * MINUTE, () => (app.sim.world.metrics = "there"));
    expect(outcome.release?.state).toBe("SUCCEEDED");
  });

  test("a paused release continues with resume, and promote skips the rest", async () => {
    const app = new Rehearsal({ plan: { analysis: { ...ANALYSIS, onQuiet: "wait" } } });
    app.sim.world.traffic.set("notify", { invocationsPerMinute: 20, errorRates: new Map() });
    expect((await app.deploy()).release?.state).toBe("PAUSED");
    app.sim.world.traffic.set("notify", { invocationsPerMinute: 2000, errorRates: new Map() });
    expect(await app.act("ben", resumeRelease)).toMatchObject({ release: { state: "SUCCEEDED" } });
    app.expectNoViolations();
    const wait = { ...ANALYSIS, minInvocations: 1_000_000, onQuiet: "wait" } as const;
    const other = new Rehearsal({ plan: { analysis: wait } });
    expect((await other.deploy()).release?.state).toBe("PAUSED");
    const paused = await other.act("ben", promoteRelease);
    expect(paused).toMatchObject({ release: { state: "PAUSED", pause: { from: "BAKING" } } });
    expect(await other.act("ben", promoteRelease)).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    other.expectNoViolations();
    expect(await other.sim.run(releaseHistory(other.process("cleo").ports))).toMatchObject({
      releases: [{ state: "SUCCEEDED" }],
    });
  });
});
