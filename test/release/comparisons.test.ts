import { describe, expect, test } from "vitest";
import { type MetricComparison, VERSION_PLACEHOLDER } from "../../lib/assembly/release-metadata.ts";
import { explainRelease } from "../../lib/release/verbs/look.ts";
import type { Measure, Traffic } from "../helpers/simulated-aws/sim-cloudwatch.ts";
import { ANALYSIS, MINUTE, Rehearsal } from "./rehearsal.ts";

const DIMENSIONS = { FunctionName: "list", ExecutedVersion: VERSION_PLACEHOLDER };

function statistic(metric: string, stat: string, id = "compared") {
  return { id, namespace: "Shop", metric, stat, dimensions: DIMENSIONS };
}

function compared(
  queries: MetricComparison["queries"],
  more: Partial<Omit<MetricComparison, "queries">> = {},
): MetricComparison {
  return { name: "the metric", direction: "lower-is-better", tolerance: 0.1, ...more, queries };
}

const onTheNewOne = (value: number) => new Map([["2", value]]);

/** An app whose `list` reports these metrics, each of which is compared. */
function appWith(
  measures: Readonly<Record<string, Measure>>,
  comparisons: readonly MetricComparison[],
  traffic: Partial<Traffic> = {},
): Rehearsal {
  const policy = { name: "Custom", steps: [{ percent: 10, bakeMs: 20 * MINUTE }], finalBakeMs: 5 * MINUTE };
  const app = new Rehearsal({ plan: { analysis: ANALYSIS, policy } });
  const at = app.members.findIndex(({ path }) => path === "Shop/list");
  app.members[at] = { ...app.members[at]!, comparisons };
  app.sim.world.traffic.set("list", {
    invocationsPerMinute: 1000,
    errorRates: new Map(),
    measures: new Map(Object.entries(measures)),
    ...traffic,
  });
  return app;
}

async function deploy(app: Rehearsal) {
  const outcome = await app.deploy();
  app.expectNoViolations();
  return outcome.release!;
}

const failed = (versions?: ReadonlyMap<string, number>, usual = 0.01): Measure => ({
  kind: "event",
  usual,
  ...(versions && { versions }),
});
const timed = (versions?: ReadonlyMap<string, number>): Measure => ({
  kind: "value",
  usual: 1,
  ...(versions && { versions }),
});

describe("a metric that gets worse with the new version rolls it back", () => {
  test.each<[string, Readonly<Record<string, Measure>>, MetricComparison, RegExp]>([
    [
      "a sum, by the call",
      { Failed: failed(onTheNewOne(0.1)) },
      compared([statistic("Failed", "Sum")]),
      /the metric is higher on the new version: 0\.1 against 0\.01 of the stable version, over \d+ and [\d,]+ invocations, with a tolerance of 10 %/,
    ],
    [
      "an average of events",
      { Failed: failed(onTheNewOne(0.1)) },
      compared([statistic("Failed", "Average")]),
      /0\.1 against 0\.01 of the stable version, over \d+ and [\d,]+ observations/,
    ],
    [
      "an average of values",
      { Basket: timed(onTheNewOne(0.4)) },
      compared([statistic("Basket", "Average")], { direction: "higher-is-better" }),
      /the metric is lower on the new version: 17\.89 against 44\.72 of the stable version/,
    ],
    [
      "a percentile",
      { Checkout: timed(onTheNewOne(1.5)) },
      compared([statistic("Checkout", "p90")]),
      /109\.9 against 73\.27 of the stable version, over .* observations, .*; [\d.]+ % against [\d.]+ % are above 80\.59, by the stable version's hour before/,
    ],
    [
      "a percentile of which more is better",
      { Speed: timed(onTheNewOne(0.5)) },
      compared([statistic("Speed", "p50")], { direction: "higher-is-better" }),
      /the metric is lower on the new version: 20 against 40 .* are below 36,/,
    ],
    [
      "a ratio of counts in percent",
      { Failed: failed(onTheNewOne(0.1)), Orders: failed(undefined, 0.8) },
      compared([
        { id: "compared", expression: "100 * failed / orders" },
        statistic("Failed", "Sum", "failed"),
        statistic("Orders", "Sum", "orders"),
      ]),
      /12\.5 against 1\.25 of the stable version, over \d+ and [\d,]+ requests/,
    ],
    [
      "an expression, by the minute",
      { Checkout: timed(onTheNewOne(1.5)) },
      compared([{ id: "compared", expression: "ABS(p) + 1" }, statistic("Checkout", "p90", "p")]),
      /110\.9 against 74\.27 of the stable version, over \d+ and \d+ minutes/,
    ],
  ])("%s", async (_name, measures, comparison, text) => {
    const release = await deploy(appWith(measures, [comparison]));
    expect(release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "analysis" } });
    expect(release.cause?.text).toMatch(/^Shop\/list: the metric is /);
    expect(release.cause?.text).toMatch(text);
  });
});

describe("a metric that does not get worse by more than the tolerance passes", () => {
  test.each<[string, Readonly<Record<string, Measure>>, MetricComparison]>([
    ["alike", { Failed: failed() }, compared([statistic("Failed", "Sum")])],
    [
      "within the tolerance",
      { Failed: failed(onTheNewOne(0.15), 0.1) },
      compared([statistic("Failed", "Sum")], { tolerance: 1 }),
    ],
    ["better", { Checkout: timed(onTheNewOne(0.5)) }, compared([statistic("Checkout", "Average")])],
    [
      "better, where more is better",
      { Basket: timed(onTheNewOne(2)) },
      compared([statistic("Basket", "Average")], { direction: "higher-is-better" }),
    ],
    [
      "an expression that is alike",
      { Checkout: timed() },
      compared([{ id: "compared", expression: "p + 1" }, statistic("Checkout", "p90", "p")]),
    ],
  ])("%s", async (_name, measures, comparison) => {
    expect((await deploy(appWith(measures, [comparison]))).state).toBe("SUCCEEDED");
  });
});

test("the verdict names both values and the count, in the evidence and in words", async () => {
  const app = appWith({ Failed: failed() }, [compared([statistic("Failed", "Sum")])]);
  await app.deploy();
  const told = await app.sim.run(explainRelease(app.process("ben").ports));
  const judged = told!.events.findLast(({ code, text }) => code === "StepJudged" && text.startsWith("PASS"))!;
  expect(judged.text).toMatch(/the metric: 0\.01\d* against 0\.0\d+ over [\d,]+ and [\d,]+ invocations/);
  const { metrics } = judged.evidence as { metrics: { path: string; compared?: object[]; pValues: object }[] };
  const list = metrics.find(({ path }) => path === "Shop/list");
  expect(list?.compared).toMatchObject([
    {
      name: "the metric",
      basis: "invocations",
      next: { count: expect.any(Number) },
      stable: { value: expect.closeTo(0.01) },
    },
  ]);
  expect(list?.pValues).toHaveProperty("the metric");
});

test("the promised false alarm rate is shared out among the comparisons too", async () => {
  const comparisons = [
    compared([statistic("Failed", "Sum")], { name: "one" }),
    compared([statistic("Failed", "Average")], { name: "two" }),
  ];
  const app = appWith({ Failed: failed() }, comparisons);
  const release = await deploy(app);
  const { metrics } = release.verdict!.evidence as { metrics: { allowed: number }[] };
  // Three functions and a workflow by their errors, two metrics, and three stable versions by themselves.
  expect(metrics.map(({ allowed }) => allowed)).toEqual(metrics.map(() => 0.01 / 9));
});

test("a metric that the new version no longer reports is missing evidence", async () => {
  const silent: Measure = { kind: "value", usual: 1, silent: new Set(["2"]) };
  const release = await deploy(appWith({ Checkout: silent }, [compared([statistic("Checkout", "Average")])]));
  expect(release).toMatchObject({ state: "PAUSED", cause: { trigger: "analysis" } });
  expect(release.cause?.text).toMatch(/the metric: no data of the new version, and [\d,]+ of the stable one/);
});

test("a metric that neither version reports passes, and says so", async () => {
  const release = await deploy(appWith({}, [compared([statistic("Checkout", "p90")])]));
  expect(release.state).toBe("SUCCEEDED");
  const app = appWith({}, [compared([statistic("Failed", "Sum")])]);
  await app.deploy();
  const told = await app.sim.run(explainRelease(app.process("ben").ports));
  expect(told!.events.map(({ text }) => text).join("\n")).toContain("the metric: no data of either version");
});

test("a metric that is known in part does not count as evidence", async () => {
  const app = appWith({ Failed: failed() }, [compared([statistic("Failed", "Sum")])]);
  app.sim.world.metrics = "partial";
  expect((await deploy(app)).state).toBe("PAUSED");
});
