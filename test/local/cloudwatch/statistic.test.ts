import { describe, expect, test } from "vitest";
import { distributionOf } from "../../../lib/local/services/cloudwatch/metrics/distribution.ts";
import { readStatistic } from "../../../lib/local/services/cloudwatch/metrics/statistic.ts";

const HUNDRED = distributionOf(
  Array.from({ length: 100 }, (_, at) => ({ atMs: 0, unit: "None", value: at + 1, count: 1 })),
  [],
);

// Absolute bounds leave out what is lower than or equal to the lower one ("CloudWatch statistics definitions").
describe("statistics of the values 1 to 100", () => {
  test.each([
    ["SampleCount", 100],
    ["Sum", 5050],
    ["Average", 50.5],
    ["Minimum", 1],
    ["Maximum", 100],
    ["p0", 1],
    ["p50", 50],
    ["p90", 90],
    ["p99", 99],
    ["p99.9", 100],
    ["p100", 100],
    ["tm90", 45.5],
    ["TM(10%:90%)", 50.5],
    ["TM(:50)", 25.5],
    ["TM(50:)", 75.5],
    ["tc90", 90],
    ["TC(20:29)", 9],
    ["ts10", 55],
    ["TS(99:)", 100],
    ["PR(:25)", 25],
    ["WM(10%:90%)", 50.5],
    ["IQM", 50.5],
  ])("%s is %d", (name, expected) => {
    expect(readStatistic(name)!(HUNDRED)).toBeCloseTo(expected, 9);
  });
});

test("percentiles weigh values by how often they were seen", () => {
  const data = distributionOf(
    [
      { atMs: 0, unit: "None", value: 1, count: 99 },
      { atMs: 0, unit: "None", value: 1000, count: 1 },
    ],
    [],
  );
  expect(readStatistic("p99")!(data)).toBe(1);
  expect(readStatistic("p99.5")!(data)).toBe(1000);
});

test("percentiles of statistic sets are not known", () => {
  const data = distributionOf([], [{ atMs: 0, unit: "None", count: 3, sum: 6, min: 1, max: 3 }]);
  expect(readStatistic("Average")!(data)).toBe(2);
  expect(readStatistic("p50")!(data)).toBeUndefined();
});

test.each(["p101", "p", "x99", "TM(:)", "PR(1%:2%)", "average"])("fails when the statistic is %s", (name) => {
  expect(readStatistic(name)).toBeUndefined();
});
