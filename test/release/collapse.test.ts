import { describe, expect, test } from "vitest";
import { explainRelease } from "../../lib/release/verbs/look.ts";
import { collapseCeiling, failureRate, testCollapse } from "../../lib/release/analysis/collapse.ts";
import { renderExplanation, renderStatus } from "../../lib/cli/render-release.ts";
import { releaseStatus } from "../../lib/release/verbs/look.ts";
import { ANALYSIS, MINUTE, Rehearsal } from "./rehearsal.ts";

/** An app whose stage makes these versions of `list` fail. */
function appBrokenBy(errorRates: Readonly<Record<string, number>>, before: Readonly<Record<string, number>> = {}) {
  const app = new Rehearsal({ plan: { analysis: ANALYSIS } });
  const { world } = app.sim;
  world.traffic.set("list", { invocationsPerMinute: 1000, errorRates: new Map(Object.entries(before)) });
  app.sim.stackScript.stageChanges = ["Main: Orders (SQS::Queue) replaced"];
  app.sim.stackScript.onStaged = () => {
    const rates = new Map(Object.entries(errorRates));
    world.traffic.get("list")!.brokenSince = { at: world.now, errorRates: rates };
  };
  return app;
}

describe("a stage that breaks the stable version", () => {
  test.each<[string, Readonly<Record<string, number>>]>([
    ["and not the new one", { 1: 1 }],
    ["and the new one as much", { 1: 0.6, 2: 0.6 }],
  ])("%s ends the release, and says what was changed and what helps", async (_name, rates) => {
    const app = appBrokenBy(rates, { 1: 0.001 });
    const { release } = await app.deploy();
    app.expectNoViolations();
    expect(release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "analysis" } });
    expect(release?.cause?.text).toMatch(
      /Shop\/list: the stable version 1 collapsed after the stage: \d+ of \d+ invocations failed since \d\d:\d\d:00, 60 of 60000 in the hour before/,
    );
    expect(release?.cause?.text).toContain("changed Main: Orders (SQS::Queue) replaced");
    expect(release?.cause?.text).toContain("does not undo the stack update: deploy the previous sources");
    expect(release?.baseline?.["Shop/list"]?.calls).toMatchObject({ invocations: 60_000, errors: 60 });
    const ports = app.process("ben").ports;
    const told = await app.sim.run(explainRelease(ports));
    expect(renderExplanation(told!).join("\n")).toContain("the stable version 1 collapsed after the stage");
    const status = await app.sim.run(releaseStatus(ports));
    expect(renderStatus("shop", "prod", status).join("\n")).toContain("deploy the previous sources");
  });

  test("is found in a function that the release does not even change", async () => {
    const app = appBrokenBy({ 1: 1 });
    const list = app.sim.stackScript.creates.get("Shop/list")!;
    app.sim.stackScript.creates.set("Shop/list", { ...list, changed: false });
    const { release } = await app.deploy();
    app.expectNoViolations();
    expect(release).toMatchObject({ state: "ROLLED_BACK" });
    expect(release?.cause?.text).toContain("Shop/list: the stable version 1 collapsed after the stage");
  });
});

test.each<[string, Readonly<Record<string, number>>, Readonly<Record<string, number>>]>([
  ["fails as it did before", { 1: 0.2, 2: 0.2 }, { 1: 0.2 }],
  ["fails a little more", { 1: 0.03, 2: 0.03 }, { 1: 0.01 }],
])("a stable version that %s has not collapsed", async (_name, after, before) => {
  const app = appBrokenBy(after, before);
  expect((await app.deploy()).release?.state).toBe("SUCCEEDED");
  app.expectNoViolations();
});

describe("the ceiling of a collapse", () => {
  const minutes = (count: number, invocations: number, errors: number) =>
    Array.from({ length: count }, (_, at) => ({ at: at * MINUTE, invocations, errors }));

  test("is three times the worst five minutes, and 5 % at least", () => {
    expect(collapseCeiling(failureRate(minutes(60, 1000, 0))!)).toBe(0.05);
    const rough = [...minutes(5, 1000, 100), ...minutes(60, 1000, 0).slice(5)];
    expect(collapseCeiling(failureRate(rough)!)).toBeCloseTo(0.3);
  });

  test("is higher where few calls were seen, and there is none for what failed before", () => {
    expect(collapseCeiling(failureRate(minutes(10, 1, 0))!)).toBeCloseTo(0.25);
    expect(collapseCeiling(failureRate(minutes(60, 100, 40))!)).toBeUndefined();
    expect(failureRate([])).toBeUndefined();
  });

  test("a collapse that comes late is found within a minute or two, and since when", () => {
    const healthy = minutes(60, 100, 1);
    const late = [...healthy, { at: 60 * MINUTE, invocations: 100, errors: 70 }];
    expect(testCollapse(healthy, 0.05).pValue).toBeGreaterThan(0.5);
    expect(testCollapse(late, 0.05)).toMatchObject({ since: 60 * MINUTE });
    expect(testCollapse(late, 0.05).pValue).toBeLessThan(1e-6);
  });
});
