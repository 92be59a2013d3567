import { evaluateExpression } from "../../../lib/local/services/cloudwatch/math/evaluate-expression.ts";
import { parseExpression } from "../../../lib/local/services/cloudwatch/math/expression.ts";
import { series } from "../../../lib/local/services/cloudwatch/math/math-value.ts";
import { SimError } from "./sim-error.ts";
import type { SimFunction } from "./sim-lambda.ts";
import type { World } from "./world.ts";

const MINUTE_MS = 60_000;

/** What a function's callers do, and how its versions take it. */
export interface Traffic {
  invocationsPerMinute: number;
  /** Fraction of failed invocations by version; 0 for those not named. */
  errorRates: Map<string, number>;
  /** From then on these versions fail so often, regardless of `errorRates`: an update took away what they need. */
  brokenSince?: { readonly at: number; readonly errorRates: ReadonlyMap<string, number> };
  /** Fraction of requests answered with 500 by version; 0 for those not named. Absent: the function reports none. */
  serverErrorRates?: ReadonlyMap<string, number>;
  /** How many times slower a version is than usual; 1 for those not named. */
  slowness?: ReadonlyMap<string, number>;
  /** Fraction of calls that are throttled. */
  throttleRate?: number;
  /** Metrics that the function's own code reports, by their names. */
  measures?: ReadonlyMap<string, Measure>;
}

/** A metric of the function's own code: one datum a call. A version that is not named reports as `usual` says. */
export type Measure =
  /** 1 for that fraction of the calls, else 0. */
  | { readonly kind: "event"; readonly usual: number; readonly versions?: ReadonlyMap<string, number> }
  /** Lognormal as durations are, so many times greater than usual. `silent` versions report nothing. */
  | {
      readonly kind: "value";
      readonly usual: number;
      readonly versions?: ReadonlyMap<string, number>;
      readonly silent?: ReadonlySet<string>;
    };

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat: {
    readonly Period?: number;
    readonly Stat: string;
    readonly Metric: {
      readonly Namespace?: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { Name: string; Value: string }[];
    };
  };
}

type Input = Record<string, unknown>;

/** The most names that DescribeAlarms takes, and what a page holds where the request does not say. */
const MAX_ALARMS = 100;
const DEFAULT_ALARMS = 50;

/** CloudWatch's operations, by name. */
export const CLOUDWATCH: Record<string, (world: World, input: Input, who: string) => unknown> = {
  GetMetricData: (world, input, who) => {
    world.metricReads.set(who, world.metrics);
    if (world.metrics === "failing") throw new SimError("InternalServiceFault", "Internal service error", 500);
    const queries = input["MetricDataQueries"] as readonly Query[];
    const from = (input["StartTime"] as Date).getTime();
    const to = Math.min((input["EndTime"] as Date).getTime(), world.now);
    return { MetricDataResults: answerAll(world, queries, from, to) };
  },
  DescribeAlarms: (world, input, who) => {
    world.alarmReads.delete(who);
    if (world.alarmsFail) throw new SimError("InternalServiceFault", "Internal service error", 500);
    const names = input["AlarmNames"] as readonly string[];
    if (names.length > MAX_ALARMS)
      throw new SimError("ValidationError", "Member must have length less than or equal to 100", 400);
    const found = names.flatMap((AlarmName) => {
      const alarm = world.alarms.get(AlarmName);
      if (alarm === undefined) return [];
      const { state, aboutVersion, aboutFunction } = alarm;
      const Dimensions = [
        { Name: "ExecutedVersion", Value: aboutVersion },
        { Name: "FunctionName", Value: aboutFunction },
      ].filter(({ Value }) => Value !== undefined);
      return [{ AlarmName, StateValue: state, StateReason: "set by the test", Dimensions }];
    });
    world.alarmReads.set(who, new Map(found.map(({ AlarmName, StateValue }) => [AlarmName, StateValue])));
    const start = Number(input["NextToken"] ?? 0);
    const end = start + Number(input["MaxRecords"] ?? DEFAULT_ALARMS);
    const NextToken = end < found.length ? String(end) : undefined;
    return { MetricAlarms: found.slice(start, end), CompositeAlarms: [], NextToken };
  },
};

function answerAll(world: World, queries: readonly Query[], from: number, to: number) {
  const metrics = queries.filter(({ Expression }) => Expression === undefined);
  const minutes = minutesBetween(world, from, to);
  const countCalls = countOnce(world, minutes);
  const answers = new Map(metrics.map((query) => [query.Id, answer(world, query, minutes, countCalls)]));
  const grid = { startMs: from, endMs: to, periodMs: MINUTE_MS };
  const lookUp = (id: string) => {
    const { Timestamps = [], Values = [] } = answers.get(id) ?? {};
    const points = new Map(Timestamps.map((at, index) => [at.getTime(), Values[index] ?? 0]));
    return answers.has(id) ? series({ label: id, grid, points }) : undefined;
  };
  for (const { Id, Expression } of queries) {
    if (Expression === undefined) continue;
    const value = evaluateExpression(parseExpression(Expression), { lookUp, metrics: () => [] });
    const points = value.kind === "series" ? [...value.series.points] : [];
    const Timestamps = points.map(([at]) => new Date(at));
    answers.set(Id, { Id, Timestamps, Values: points.map(([, one]) => one), StatusCode: statusOf(world) });
  }
  return queries.filter(({ ReturnData }) => ReturnData !== false).map(({ Id }) => answers.get(Id));
}

function statusOf(world: World): string {
  return world.metrics === "partial" ? "PartialData" : "Complete";
}

function answer(world: World, query: Query, minutes: readonly number[], countCalls: CountCalls) {
  const { Metric, Stat } = query.MetricStat;
  const dimension = (name: string) => Metric.Dimensions.find(({ Name }) => Name === name)?.Value;
  const name = dimension("FunctionName")!;
  const version = dimension("ExecutedVersion") ?? dimension("Version");
  const [, qualifier] = (dimension("Resource") ?? "").split(":");
  const counts = countCalls(name, isNumber(qualifier) ? { called: qualifier } : { served: version });
  const traffic = world.traffic.get(name);
  const Timestamps: Date[] = [];
  const Values: number[] = [];
  for (const [index, at] of minutes.entries()) {
    const count = counts[index];
    if (count === undefined) continue;
    const value = valueOf(Metric.MetricName, Stat, count, traffic);
    if (value === undefined) continue;
    Timestamps.push(new Date(at));
    Values.push(value);
  }
  return { Id: query.Id, Timestamps, Values, StatusCode: statusOf(world) };
}

/** The starts of the minutes that CloudWatch has figures of. */
function minutesBetween(world: World, from: number, to: number): readonly number[] {
  const until = world.metrics === "missing" ? Math.min(to, world.metricsMissingSince) : to;
  const minutes: number[] = [];
  for (let at = from; at < until && at + world.metricsDelayMs <= world.now; at += MINUTE_MS) minutes.push(at);
  return minutes;
}

/** Calls that name a version, or calls through the alias that one version served (`undefined`: any version). */
type Which = { readonly called: string } | { readonly served: string | undefined };

/** What was called in each of the minutes. */
type CountCalls = (name: string, which: Which) => readonly (Count | undefined)[];

/** Counts once for all metrics of a request: they are about the same few versions. */
function countOnce(world: World, minutes: readonly number[]): CountCalls {
  const known = new Map<string, readonly (Count | undefined)[]>();
  return (name, which) => {
    const key = JSON.stringify([name, which]);
    const count = (at: number) =>
      "called" in which ? countDirect(world, name, at, which.called) : countMinute(world, name, at, which.served);
    const counts = known.get(key) ?? minutes.map(count);
    known.set(key, counts);
    return counts;
  };
}

function valueOf(metric: string, stat: string, count: Count, traffic: Traffic | undefined): number | undefined {
  switch (metric) {
    case "Invocations":
      return count.invocations;
    case "Errors":
      return count.errors;
    case "Throttles":
      return Math.round(count.invocations * (traffic?.throttleRate ?? 0));
    case "ServerErrors":
      if (traffic?.serverErrorRates === undefined) return undefined;
      return stat === "SampleCount"
        ? count.invocations
        : countWith(count, (version) => traffic.serverErrorRates?.get(version) ?? 0);
    case "Duration":
      return durationValue(stat, count, traffic);
    default: {
      const measure = traffic?.measures?.get(metric);
      return measure === undefined ? undefined : measuredValue(stat, count, measure);
    }
  }
}

function measuredValue(stat: string, count: Count, measure: Measure): number | undefined {
  const of = (version: string) => measure.versions?.get(version) ?? measure.usual;
  if (measure.kind === "value") {
    if ([...count.byVersion.keys()].some((version) => measure.silent?.has(version) === true)) return undefined;
    return lognormalValue(stat, count, of);
  }
  const events = countWith(count, of);
  switch (stat) {
    case "SampleCount":
      return count.invocations;
    case "Sum":
      return events;
    case "Average":
      return events / count.invocations;
    case "Maximum":
      return events > 0 ? 1 : 0;
    default:
      return 0;
  }
}

/** The median duration of a call to a version without `slowness`, in milliseconds. Durations are lognormal; the p99 is 120 ms. */
export const MEDIAN_MS = 40;
const SPREAD = Math.log(3) / 2.3263;
const DEVIATES: Readonly<Record<string, number>> = { p50: 0, p90: 1.2816, p99: 2.3263 };

function durationValue(stat: string, count: Count, traffic: Traffic | undefined): number | undefined {
  return lognormalValue(stat, count, (version) => traffic?.slowness?.get(version) ?? 1);
}

/** What a mean is above the median, and what the greatest of many is. */
const MEAN_MS = MEDIAN_MS * Math.exp(SPREAD ** 2 / 2);
const GREATEST_DEVIATE = 3;

function lognormalValue(stat: string, count: Count, scale: (version: string) => number): number | undefined {
  const [version = ""] = count.byVersion.keys();
  const sum = [...count.byVersion].reduce((total, [one, calls]) => total + calls * MEAN_MS * scale(one), 0);
  if (stat === "SampleCount") return count.invocations;
  if (stat === "Sum") return sum;
  if (stat === "Average") return sum / count.invocations;
  if (stat === "Minimum") return 0;
  if (stat === "Maximum") return MEDIAN_MS * scale(version) * Math.exp(GREATEST_DEVIATE * SPREAD);
  const deviate = DEVIATES[stat];
  if (deviate !== undefined) return MEDIAN_MS * scale(version) * Math.exp(deviate * SPREAD);
  const [, low, high] = /^TC\(([\d.]*):([\d.]*)\)$/.exec(stat) ?? [];
  const beyond = (threshold: number, one: string) => above(Math.log(threshold / (MEDIAN_MS * scale(one))) / SPREAD);
  return countWith(count, (one) => (low ? beyond(Number(low), one) : 1 - beyond(Number(high), one)));
}

/** The chance that a normal number is greater than this many deviations (Abramowitz & Stegun 26.2.17). */
function above(deviations: number): number {
  if (deviations < 0) return 1 - above(-deviations);
  const t = 1 / (1 + 0.2316419 * deviations);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp(-(deviations ** 2) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

function countWith({ byVersion }: Count, rate: (version: string) => number): number {
  return [...byVersion].reduce((sum, [version, invocations]) => sum + Math.round(invocations * rate(version)), 0);
}

/** Figures whose resource is a version's own number are about calls that name the version, as hooks make them. */
function isNumber(qualifier: string | undefined): qualifier is string {
  return /^\d+$/.test(qualifier ?? "");
}

function countDirect(world: World, name: string, at: number, version: string): Count | undefined {
  const calls = world.directCalls.filter((call) => call.name === name && call.version === version);
  const inMinute = calls.filter((call) => call.at >= at && call.at < at + MINUTE_MS);
  if (inMinute.length === 0) return undefined;
  const errors = inMinute.filter(({ failed }) => failed).length;
  return { invocations: inMinute.length, errors, byVersion: new Map([[version, inMinute.length]]) };
}

interface Count {
  invocations: number;
  errors: number;
  byVersion: Map<string, number>;
}

/** What one version did in one minute (or the whole alias): undefined when it was not called. */
export function countMinute(world: World, name: string, at: number, version: string | undefined): Count | undefined {
  const fn = world.functions.get(name);
  if (fn === undefined) return undefined;
  const traffic: Traffic = world.traffic.get(name) ?? { invocationsPerMinute: 0, errorRates: new Map() };
  const share = sharesOf(fn, at, Math.min(at + MINUTE_MS, world.now));
  let total: Count | undefined;
  for (const [one, part] of share) {
    if (version !== undefined && one !== version) continue;
    const invocations = Math.round(traffic.invocationsPerMinute * part);
    if (invocations === 0) continue;
    const broken = traffic.brokenSince !== undefined && at >= traffic.brokenSince.at;
    const rates = broken ? traffic.brokenSince!.errorRates : traffic.errorRates;
    const errors = Math.round(invocations * (rates.get(one) ?? 0));
    total ??= { invocations: 0, errors: 0, byVersion: new Map() };
    total.invocations += invocations;
    total.errors += errors;
    total.byVersion.set(one, invocations);
  }
  return total;
}

/** Which fraction of a minute's invocations each version got. */
function sharesOf(fn: SimFunction, from: number, to: number): Map<string, number> {
  const shares = new Map<string, number>();
  fn.routing.forEach((route, index) => {
    // What an alias routed to first it has always routed to: there was a time before the test.
    const start = index === 0 ? Number.NEGATIVE_INFINITY : route.at;
    const end = fn.routing[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    const part = Math.max(0, Math.min(end, to) - Math.max(start, from)) / MINUTE_MS;
    if (part === 0) return;
    let rest = 1;
    for (const [version, weight] of Object.entries(route.weights)) {
      shares.set(version, (shares.get(version) ?? 0) + part * weight);
      rest -= weight;
    }
    shares.set(route.primary, (shares.get(route.primary) ?? 0) + part * rest);
  });
  return shares;
}
