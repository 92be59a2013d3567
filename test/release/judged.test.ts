import { describe, expect, test } from "vitest";
import { explainRelease } from "../../lib/release/verbs/look.ts";
import type { AnalysisPolicy } from "../../lib/assembly/release-metadata.ts";
import { MEDIAN_MS, type Traffic } from "../helpers/simulated-aws/sim-cloudwatch.ts";
import { ANALYSIS, Rehearsal } from "./rehearsal.ts";

/** An app whose `list` reports its outcomes and takes this traffic. */
function appWith(traffic: Partial<Traffic>, analysis: Partial<AnalysisPolicy> = {}): Rehearsal {
  const app = new Rehearsal({ plan: { analysis: { ...ANALYSIS, ...analysis } } });
  const at = app.members.findIndex(({ path }) => path === "Shop/list");
  app.members[at] = { ...app.members[at]!, outcomes: true };
  app.sim.world.traffic.set("list", { invocationsPerMinute: 1000, errorRates: new Map(), ...traffic });
  return app;
}

async function deploy(app: Rehearsal) {
  const outcome = await app.deploy();
  app.expectNoViolations();
  return outcome.release!;
}

describe("a new version that answers 500 more often", () => {
  test("is rolled back, although it never throws", async () => {
    const release = await deploy(appWith({ serverErrorRates: new Map([["2", 0.05]]) }));
    expect(release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "analysis" } });
    expect(release.cause?.text).toContain(
      "Shop/list: the new version answers with a status of 500 or above more often",
    );
  });

  test("is not taken for worse where the stable version answers so too", async () => {
    const rates = new Map([
      ["1", 0.05],
      ["2", 0.05],
    ]);
    expect((await deploy(appWith({ serverErrorRates: rates }))).state).toBe("SUCCEEDED");
  });

  test("is rolled back by the ceiling where the stable version is as bad", async () => {
    const rates = new Map([
      ["1", 0.5],
      ["2", 0.5],
    ]);
    const release = await deploy(appWith({ serverErrorRates: rates }, { maxErrorRate: 0.1 }));
    expect(release.cause?.text).toContain("requests were answered with a status of 500 or above, more than 10 %");
  });
});

describe("a new version that is slower", () => {
  const latency = { tolerance: 0.1 };

  test("is rolled back, with the percentile that shows it", async () => {
    const release = await deploy(appWith({ slowness: new Map([["2", 2]]) }, { latency }));
    expect(release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "analysis" } });
    expect(release.cause?.text).toMatch(
      /Shop\/list: the new version is slower than the stable one: .* by the stable version's p\d\d/,
    );
  });

  test.each([
    [4, 1.2],
    [4, 2],
    [400, 1.2],
  ])("is rolled back where a call takes %d ms and the new version %f times as long", async (medianMs, factor) => {
    const stable = medianMs / MEDIAN_MS;
    const slowness = new Map([
      ["1", stable],
      ["2", stable * factor],
    ]);
    const release = await deploy(appWith({ slowness }, { latency }));
    expect(release).toMatchObject({ state: "ROLLED_BACK", cause: { trigger: "analysis" } });
    expect(release.cause?.text).toContain("the new version is slower than the stable one");
  });

  test.each([1, 1.05, 0.5])(
    "passes at %f times the stable version's durations: within the tolerance",
    async (factor) => {
      expect((await deploy(appWith({ slowness: new Map([["2", factor]]) }, { latency }))).state).toBe("SUCCEEDED");
    },
  );

  test("is not judged without the policy's word", async () => {
    expect((await deploy(appWith({ slowness: new Map([["2", 5]]) }))).state).toBe("SUCCEEDED");
  });

  test("is rolled back by a ceiling, regardless of the stable version", async () => {
    const slowness = new Map([
      ["1", 3],
      ["2", 3],
    ]);
    const release = await deploy(appWith({ slowness }, { latency: { ...latency, maxP99Ms: 200 } }));
    expect(release.cause?.text).toContain("took longer than 200 ms, the ceiling of p99");
  });
});

test("an error budget that burns too fast stops a release whose stable version is as bad", async () => {
  const rates = new Map([
    ["1", 0.03],
    ["2", 0.03],
  ]);
  const slo = { objective: 0.999, maxBurnRate: 14.4 };
  const patient = { slo: { ...slo, maxBurnRate: 50 } };
  expect((await deploy(appWith({ serverErrorRates: rates }, patient))).state).toBe("SUCCEEDED");
  const release = await deploy(appWith({ serverErrorRates: rates }, { slo }));
  expect(release.cause?.text).toMatch(/requests failed: the error budget burns at 30\.\d, more than 14\.4/);
});

test("throttled invocations stop a release above the policy's fraction", async () => {
  expect((await deploy(appWith({ throttleRate: 0.2 }))).state).toBe("SUCCEEDED");
  const release = await deploy(appWith({ throttleRate: 0.2 }, { maxThrottleRate: 0.05 }));
  expect(release.cause?.text).toContain("invocations were throttled, more than 5 %");
});

test("the promised rate is shared out among all that is compared", async () => {
  const app = appWith({ serverErrorRates: new Map() }, { latency: { tolerance: 0.1 } });
  await app.deploy();
  const told = await app.sim.run(explainRelease(app.process("ben").ports));
  const judged = told!.events.find(({ code }) => code === "StepJudged")!;
  const { metrics } = judged.evidence as { metrics: { path: string; allowed: number; pValues: object }[] };
  // Three functions by errors and latency, one of them by outcomes, a workflow by its executions, and the functions' stable versions by themselves.
  expect(metrics.map(({ allowed }) => allowed)).toEqual(metrics.map(() => 0.01 / 11));
  const list = metrics.find(({ path }) => path === "Shop/list");
  expect(Object.keys(list!.pValues)).toEqual(["errors", "outcomes", "latency"]);
});
