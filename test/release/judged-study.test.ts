import { expect, test } from "vitest";
import {
  fixedHorizonRule,
  invocationsUntilStopped,
  productRule,
  RELEASES,
  repeatedTestRule,
  threeSigmaRule,
} from "./judged-study.ts";

// `npm run bench:analysis` measures the same at length; its tables are in docs/reliability.md.
const study = { releases: 1_000, minutes: 15, seed: 20_260_102 };

test.each(Object.entries(RELEASES.healthy))(
  "1,000 healthy releases, %s: errors, answers and durations together keep one false alarm rate",
  (_name, [next, stable]) => {
    const stopped = invocationsUntilStopped({ ...study, next, stable, rule: productRule });
    expect(stopped.filter(Number.isFinite).length / study.releases).toBeLessThanOrEqual(0.01);
  },
);

test.each([
  ["errors: 2 % instead of 0.1 %", 450],
  ["status 500: 2 % instead of 0.1 %", 450],
  ["status 500: every answer", 130],
  ["latency: +100 % everywhere", 330],
  ["latency: +100 % at p99 alone", 700],
] as const)("%s: half of the releases are stopped within %i invocations of the new version", (name, within) => {
  const [next, stable] = RELEASES.bad[name];
  const stopped = invocationsUntilStopped({ ...study, releases: 200, minutes: 60, next, stable, rule: productRule });
  expect(stopped[100]).toBeLessThanOrEqual(within);
});

test("the rules that are compared with do what they are known for", () => {
  const [next, stable] = RELEASES.healthy["5 % errors, 2 % 500s"];
  const alarms = (rule: typeof productRule) =>
    invocationsUntilStopped({ ...study, next, stable, rule }).filter(Number.isFinite).length / study.releases;
  // Once, it keeps about 1 %; at every look, and with three sigmas, it does not.
  expect(alarms(fixedHorizonRule)).toBeLessThan(0.03);
  expect(alarms(repeatedTestRule)).toBeGreaterThan(0.03);
  expect(alarms(threeSigmaRule)).toBeGreaterThan(0.1);
});
