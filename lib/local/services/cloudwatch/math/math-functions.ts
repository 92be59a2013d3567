import { notCarried } from "../../../kit/not-carried.ts";
import { fill } from "./fill.ts";
import { MathError } from "./math-error.ts";
import {
  list,
  mapPoints,
  overSeries,
  periodsOf,
  scalar,
  scalarOf,
  series,
  seriesOf,
  type MathValue,
  type TimeSeries,
} from "./math-value.ts";

type MathFunction = (args: readonly MathValue[], name: string) => MathValue;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
const FUNCTIONS: ReadonlyMap<string, MathFunction> = new Map<string, MathFunction>([
  ["ABS", pointwise(Math.abs)],
  ["CEIL", pointwise(Math.ceil)],
  ["FLOOR", pointwise(Math.floor)],
  ["LOG", pointwise(Math.log)],
  ["LOG10", pointwise(Math.log10)],
  ["SUM", aggregate((values) => values.reduce((sum, value) => sum + value, 0))],
  ["AVG", aggregate((values) => values.reduce((sum, value) => sum + value, 0) / values.length)],
  ["MIN", aggregate((values) => values.reduce((least, value) => Math.min(least, value)))],
  ["MAX", aggregate((values) => values.reduce((most, value) => Math.max(most, value)))],
  ["STDDEV", aggregate(deviation)],
  ["METRIC_COUNT", ([value]) => scalar(value?.kind === "list" ? value.list.length : 1)],
  ["DATAPOINT_COUNT", aggregate((values) => values.length)],
  ["PERIOD", ([value], name) => scalar(seriesOf(given(value, name), name).grid.periodMs / 1000)],
  ["DIFF", steps((value, before) => value - before)],
  ["DIFF_TIME", steps((_value, _before, elapsedMs) => elapsedMs / 1000)],
  ["RATE", steps((value, before, elapsedMs) => (value - before) / (elapsedMs / 1000))],
  ["RUNNING_SUM", ([value], name) => overSeries(given(value, name), name, runningSum)],
  ["FILL", fill],
  ["IF", choose],
  ["FIRST", ([value]) => series(listed(value)[0] ?? emptyList())],
  ["LAST", ([value]) => series(listed(value).at(-1) ?? emptyList())],
  ["REMOVE_EMPTY", ([value]) => list(listed(value).filter((one) => one.points.size > 0))],
  ["SLICE", slice],
  ["SORT", sort],
  ["TIME_SERIES", ([value], name) => given(value, name)],
  ["MINUTE", calendar((date) => date.getUTCMinutes())],
  ["HOUR", calendar((date) => date.getUTCHours())],
  ["DAY", calendar((date) => date.getUTCDay() || 7)],
  ["DATE", calendar((date) => date.getUTCDate())],
  ["MONTH", calendar((date) => date.getUTCMonth() + 1)],
  ["YEAR", calendar((date) => date.getUTCFullYear())],
  ["EPOCH", calendar((date) => Math.floor(date.getTime() / 1000))],
]);

const NOT_CARRIED = new Set([
  "SEARCH",
  "ANOMALY_DETECTION_BAND",
  "INSIGHT_RULE_METRIC",
  "SERVICE_QUOTA",
  "LAMBDA",
  "DB_PERF_INSIGHTS",
]);

/** A function by its name; refuses one that this cloud does not support, and one that AWS does not know. */
export function findFunction(name: string): MathFunction {
  const found = FUNCTIONS.get(name.toUpperCase());
  if (found) return found;
  if (NOT_CARRIED.has(name.toUpperCase()))
    throw notCarried(`the metric math function ${name.toUpperCase()}`, "Name the metrics one by one.");
  throw new MathError(`Unsupported function '${name}'`);
}

function given(value: MathValue | undefined, name: string): MathValue {
  if (!value) throw new MathError(`${name} needs an argument`);
  return value;
}

function listed(value: MathValue | undefined): readonly TimeSeries[] {
  if (value?.kind === "list") return value.list;
  if (value?.kind === "series") return [value.series];
  throw new MathError("A list of time series is needed");
}

function emptyList(): never {
  throw new MathError("The list of time series is empty");
}

function pointwise(compute: (value: number) => number): MathFunction {
  return ([value], name) => {
    const argument = given(value, name);
    if (argument.kind === "scalar") return scalar(compute(argument.value));
    return overSeries(argument, name, (one) => mapPoints(one, compute));
  };
}

/** Of one series a number, of a list a series: at each time over those that have a point there. */
function aggregate(compute: (values: number[]) => number): MathFunction {
  return ([value], name) => {
    const argument = given(value, name);
    if (argument.kind === "scalar") return argument;
    if (argument.kind !== "list") return scalar(compute([...seriesOf(argument, name).points.values()]));
    if (argument.list.length === 0) return emptyList();
    const values = new Map<number, number[]>();
    for (const one of argument.list)
      for (const [atMs, point] of one.points) {
        const all = values.get(atMs);
        if (all) all.push(point);
        else values.set(atMs, [point]);
      }
    const points = new Map([...values].map(([atMs, all]) => [atMs, compute(all)] as const));
    return series({ ...argument.list[0]!, points });
  };
}

function deviation(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** From each point to the one before it; the first has none. */
function steps(compute: (value: number, before: number, elapsedMs: number) => number): MathFunction {
  return ([value], name) =>
    overSeries(given(value, name), name, (one) => {
      let before: [number, number] | undefined;
      return mapPoints(one, (point, atMs) => {
        const step = before && compute(point, before[1], atMs - before[0]);
        before = [atMs, point];
        return step;
      });
    });
}

function runningSum(one: TimeSeries): TimeSeries {
  let sum = 0;
  return mapPoints(one, (value) => (sum += value));
}

/** `IF(condition, then, else)`: by each point of a series, or once by a number. */
function choose(args: readonly MathValue[]): MathValue {
  const [condition, whenTrue, whenFalse] = args;
  if (!condition || !whenTrue) throw new MathError("IF needs a condition and a value");
  if (condition.kind === "scalar") {
    const chosen = condition.value === 0 ? whenFalse : whenTrue;
    if (!chosen) throw new MathError("IF with a number as its condition needs both values");
    return chosen;
  }
  const at = (value: MathValue | undefined, atMs: number) =>
    value?.kind === "scalar" ? value.value : value && seriesOf(value, "A value of IF").points.get(atMs);
  return overSeries(condition, "The condition of IF", (one) =>
    mapPoints(one, (value, atMs) => at(value === 0 ? whenFalse : whenTrue, atMs)),
  );
}

function slice([value, from, to]: readonly MathValue[]): MathValue {
  const start = from ? scalarOf(from, "SLICE's start") : 0;
  const part = listed(value).slice(start, to && scalarOf(to, "SLICE's end"));
  return to ? list(part) : series(part[0] ?? emptyList());
}

/** `SORT(METRICS(), MAX, DESC, 10)` */
function sort([value, by, order, limit]: readonly MathValue[]): MathValue {
  const [measure, direction] = [by, order].map((one) => (one?.kind === "text" ? one.text.toUpperCase() : ""));
  const compute = findFunction(measure ?? "");
  const ranked = listed(value)
    .filter((one) => one.points.size > 0)
    .map((one) => ({ one, rank: scalarOf(compute([series(one)], measure!), "SORT's measure") }))
    .toSorted((a, b) => (direction === "DESC" ? b.rank - a.rank : a.rank - b.rank))
    .map(({ one }) => one);
  return list(limit ? ranked.slice(0, scalarOf(limit, "SORT's limit")) : ranked);
}

function calendar(read: (date: Date) => number): MathFunction {
  return ([value], name) => {
    const { label, grid } = seriesOf(given(value, name), name);
    const points = new Map<number, number>();
    for (const atMs of periodsOf(grid)) points.set(atMs, read(new Date(atMs)));
    return series({ label, grid, points });
  };
}
