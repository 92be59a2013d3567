import { describe, expect, test } from "vitest";
import { explainRelease } from "../../lib/release/verbs/look.ts";
import { ANALYSIS, MINUTE, Rehearsal } from "./rehearsal.ts";

/** An app whose `notify` is called this often, failing at these rates by version. */
function appWithQuiet(invocationsPerMinute: number, errorRates: readonly (readonly [string, number])[] = []) {
  const app = new Rehearsal({ plan: { analysis: ANALYSIS } });
  app.sim.world.traffic.set("notify", { invocationsPerMinute, errorRates: new Map(errorRates) });
  return app;
}

async function judgements(app: Rehearsal): Promise<string[]> {
  const told = await app.sim.run(explainRelease(app.process("ben").ports));
  return told?.events.filter(({ code }) => code === "StepJudged").map(({ text }) => text) ?? [];
}

describe("a function that is too quiet to judge", () => {
  test.each([0, 1, 20])("passes after the bake and is named, at %i calls a minute", async (invocationsPerMinute) => {
    const app = appWithQuiet(invocationsPerMinute);
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    expect((await judgements(app)).join("\n")).toContain("Shop/notify: too quiet to judge");
    // Two steps of five minutes, two minutes each for late figures, and the last bake: not the 65 minutes of a pause.
    const minutes = (outcome.release!.tickedAt - outcome.release!.createdAt) / MINUTE;
    expect(minutes).toBeLessThan(25);
  });

  test("does not pass before late figures had time to arrive", async () => {
    const app = appWithQuiet(0);
    await app.deploy();
    const told = await app.sim.run(explainRelease(app.process("ben").ports));
    const verified = told!.events.find(({ code }) => code === "StepVerified")!.at;
    const next = told!.events.find(({ code, at }) => code === "StepVerified" && at > verified)!.at;
    expect(next - verified).toBeGreaterThanOrEqual(7 * MINUTE);
  });

  test("waits, and does not pass, where its few calls fail more often than the stable version lets expect", async () => {
    const app = appWithQuiet(10, [["2", 1]]);
    const outcome = await app.deploy();
    expect(outcome.release?.state).not.toBe("SUCCEEDED");
    expect(app.transitions).not.toContain("SHIFTING 1");
  });

  test("waits as long as the policy says with onQuiet: wait", async () => {
    const app = new Rehearsal({ plan: { analysis: { ...ANALYSIS, onQuiet: "wait" } } });
    app.sim.world.traffic.set("notify", { invocationsPerMinute: 1, errorRates: new Map() });
    expect((await app.deploy()).release?.state).toBe("PAUSED");
  });
});

describe("a function that had traffic", () => {
  test("is not quiet because its figures are missing now: the hour before says what to expect", async () => {
    const app = new Rehearsal({ plan: { analysis: ANALYSIS } });
    app.sim.world.metrics = "missing";
    app.sim.world.metricsMissingSince = app.sim.world.now;
    const outcome = await app.deploy();
    app.expectNoViolations();
    expect(outcome.release?.state).toBe("PAUSED");
    expect(app.transitions).not.toContain("SHIFTING 1");
  });

  test("is not judged by parts: PartialData is never a pass", async () => {
    const app = new Rehearsal({ plan: { analysis: ANALYSIS } });
    app.sim.world.metrics = "partial";
    const outcome = await app.deploy();
    expect(outcome.release?.state).toBe("PAUSED");
    expect(outcome.release?.cause?.text).toContain("PartialData");
  });
});

test("calls that a hook makes count as evidence: the step does not wait for late figures", async () => {
  const app = new Rehearsal({ plan: { analysis: ANALYSIS } });
  app.sim.world.traffic.set("notify", { invocationsPerMinute: 0, errorRates: new Map() });
  for (let call = 0; call < 60; call++) {
    app.sim.world.directCalls.push({ name: "notify", version: "2", at: app.sim.world.now, failed: false });
  }
  const outcome = await app.deploy();
  expect(outcome.release?.state).toBe("SUCCEEDED");
  expect((await judgements(app)).join("\n")).toContain("Shop/notify: 0 of 60 failed");
});
