import { describe, expect, test } from "vitest";
import { evaluateExpression } from "../../../lib/local/services/cloudwatch/math/evaluate-expression.ts";
import { parseExpression } from "../../../lib/local/services/cloudwatch/math/expression.ts";
import { series, type TimeSeries } from "../../../lib/local/services/cloudwatch/math/math-value.ts";

const MINUTE = 60_000;

/** A series of minutes; undefined is a period without data. */
function minutes(label: string, values: (number | undefined)[]): TimeSeries {
  const points = new Map<number, number>();
  for (const [at, value] of values.entries()) if (value !== undefined) points.set(at * MINUTE, value);
  return { label, points, grid: { startMs: 0, endMs: 4 * MINUTE, periodMs: MINUTE } };
}

const SERIES = new Map([
  ["m1", minutes("m1", [10, 20, undefined, 40])],
  ["m2", minutes("m2", [1, 2, 3, undefined])],
  ["zero", minutes("zero", [0, 0, 0, 0])],
]);

function compute(text: string): unknown {
  const value = evaluateExpression(parseExpression(text), {
    lookUp: (id) => (SERIES.has(id) ? series(SERIES.get(id)!) : undefined),
    metrics: (containing) => [...SERIES.values()].filter((one) => one.label.includes(containing)),
  });
  if (value.kind === "scalar") return value.value;
  if (value.kind === "series") return [0, 1, 2, 3].map((at) => value.series.points.get(at * MINUTE));
  return value.kind === "list" ? value.list.map((one) => one.label) : value.text;
}

const none = undefined;

describe("metric math", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", -4],
    ["10 - 3 - 2", 5],
    ["m1 + 1", [11, 21, none, 41]],
    ["100 * m1", [1000, 2000, none, 4000]],
    ["m1 + m2", [11, 22, none, none]],
    ["m2 / m1 * 100", [10, 10, none, none]],
    ["m1 / zero", [none, none, none, none]],
    ["m1 > 15", [0, 1, none, 1]],
    ["m1 > 5 AND m1 < 30", [1, 1, none, 0]],
    ["m1 > 30 || m1 == 10", [1, 0, none, 1]],
    ["SUM(m1)", 70],
    ["AVG(m2)", 2],
    ["MAX(m1) - MIN(m1)", 30],
    ["SUM([m1, m2])", [11, 22, 3, 40]],
    ["MAX([m1, m2, zero])", [10, 20, 3, 40]],
    ['SUM(METRICS("m"))', [11, 22, 3, 40]],
    ["AVG(METRICS())", [11 / 3, 22 / 3, 1.5, 20]],
    ["FILL(m1, 0)", [10, 20, 0, 40]],
    ["FILL(m1, REPEAT)", [10, 20, 20, 40]],
    ["FILL(m1, LINEAR)", [10, 20, 30, 40]],
    ["FILL(m1, m2)", [10, 20, 3, 40]],
    ["IF(m1 > 15, m1, 0)", [0, 20, none, 40]],
    ["IF(m1 > 15, m1)", [none, 20, none, 40]],
    ["IF(1, m2, m1)", [1, 2, 3, none]],
    ["RATE(m2)", [none, 1 / 60, 1 / 60, none]],
    ["DIFF(m1)", [none, 10, none, 20]],
    ["DIFF_TIME(m1)", [none, 60, none, 120]],
    ["RUNNING_SUM(m2)", [1, 3, 6, none]],
    ["PERIOD(m1)", 60],
    ["METRIC_COUNT(METRICS())", 3],
    ["ABS(0 - m2)", [1, 2, 3, none]],
    ["CEIL(m2 / 2)", [1, 1, 2, none]],
    ["MINUTE(m1)", [0, 1, 2, 3]],
    ["STDDEV(m2)", Math.sqrt(2 / 3)],
    ["SORT(METRICS(), MAX, DESC)", ["m1", "m2", "zero"]],
    ["SLICE(SORT(METRICS(), SUM, ASC), 0, 2)", ["zero", "m2"]],
    ["FIRST(METRICS())", [10, 20, none, 40]],
  ])("%s", (text, expected) => {
    expect(compute(text)).toEqual(expected);
  });

  test.each([
    ["m1 +", "Unexpected end"],
    ["m9", "Unknown id 'm9'"],
    ["NOPE(m1)", "Unsupported function 'NOPE'"],
    ["m1 $ m2", "Unexpected character"],
    ["(m1", "Unexpected end"],
    ["FILL(m1)", "FILL needs"],
  ])("fails when the expression is %s", (text, message) => {
    expect(() => compute(text)).toThrow(message);
  });

  test("fails when a search is asked for, and says that it is not supported", () => {
    expect(() => compute("SEARCH('x', 'Sum', 300)")).toThrow("does not support the metric math function SEARCH");
  });
});
