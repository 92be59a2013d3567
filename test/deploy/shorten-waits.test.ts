import { expect, test } from "vitest";
import { shortenWaits } from "../../lib/deploy/shorten-waits.ts";
import type { ReleasePlan } from "../../lib/release/engine.ts";

const MINUTE = 60_000;

const planOf = (policy: ReleasePlan["policy"], analysis?: ReleasePlan["analysis"]): ReleasePlan => ({
  app: "todo",
  stage: "local",
  origin: { actor: "tester", templateDigest: "d" },
  policy,
  members: [],
  hooks: [],
  alarms: [],
  keepVersions: 2,
  ...(analysis && { analysis }),
});

const canary = { name: "Canary10Percent5Minutes", steps: [{ percent: 10, bakeMs: 5 * MINUTE }], finalBakeMs: 0 };
const analysis = { minInvocations: 50, falseAlarmRate: 0.01, maxWaitMs: 30 * MINUTE, onInconclusive: "pause" } as const;

test("a canary keeps its step and weight, and waits five seconds", () => {
  const { plan, text } = shortenWaits(planOf(canary, analysis), 1);
  expect(plan.policy.steps).toEqual([{ percent: 10, bakeMs: 5000 }]);
  expect(plan.analysis).toEqual({ ...analysis, maxWaitMs: 5000 });
  expect(text).toBe(
    "On this stage each wait of Canary10Percent5Minutes is at most 5 s long. --real-time keeps the waits of the app (5 min).",
  );
});

test("ten steps wait fifteen seconds in all", () => {
  const steps = Array.from({ length: 9 }, (_, index) => ({ percent: 10 * (index + 1), bakeMs: MINUTE }));
  const { plan } = shortenWaits(planOf({ name: "Linear10PercentEvery1Minute", steps, finalBakeMs: 2 * MINUTE }), 1);
  const sumMs = plan.policy.steps.reduce((sum, { bakeMs }) => sum + bakeMs, 0);
  expect(plan.policy.steps.map(({ percent }) => percent)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect(sumMs).toBeCloseTo(15_000);
  expect(plan.policy.finalBakeMs).toBeLessThan(2000);
});

test("what takes seconds on a quick clock stays as it is", () => {
  const plan = planOf(canary);
  expect(shortenWaits(plan, 60)).toEqual({ plan });
});

test("all at once has nothing to shorten", () => {
  const plan = planOf({ name: "AllAtOnce", steps: [], finalBakeMs: 0 }, analysis);
  expect(shortenWaits(plan, 1)).toEqual({ plan });
});
