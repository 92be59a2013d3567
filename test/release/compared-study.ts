import type { MetricComparison } from "../../lib/assembly/release-metadata.ts";
import { collapseCeiling, failureRate, testCollapse } from "../../lib/release/analysis/collapse.ts";
import { compareMetric } from "../../lib/release/analysis/compare-metrics.ts";
import type { MeasuredMetric, MeasuredMinute, MinuteCount } from "../../lib/release/ports/ports.ts";
import { binomial } from "./canary-study.ts";
import { randomNumbers } from "./random-choice.ts";

const MINUTE_MS = 60_000;
const INVOCATIONS = 1_000;
const SHARE = 0.1;
/** What each metric may be taken for worse by: the 1 % of a release, shared out among five claims. */
export const ALLOWED = 0.002;

/** One call's datum of a metric, as a version reports it. */
export type Datum = (random: () => number) => number;

/** A metric of the app with what both versions report, and how it is compared. */
export interface ComparedKind {
  readonly kind: "sum" | "average" | "percentile" | "expression";
  readonly direction: MetricComparison["direction"];
  readonly tolerance: number;
  readonly next: Datum;
  readonly stable: Datum;
}

/** Minutes of a version's calls. */
interface VersionMinutes {
  readonly measured: MeasuredMinute[];
  readonly means: number[];
}

/** How a minute's look at a study ends the release. */
export type ComparedRule = (
  next: VersionMinutes,
  stable: VersionMinutes,
  kind: ComparedKind,
  isLast: boolean,
) => boolean;

export const productRule: ComparedRule = (next, stable, { kind, direction, tolerance }) => {
  const query = { id: "compared", expression: "x" } as const;
  const comparison: MetricComparison = { name: "x", direction, tolerance, queries: [query] };
  const metric: MeasuredMetric = {
    name: "x",
    basis: kind === "expression" ? "minutes" : "observations",
    next: next.measured,
    stable: stable.measured,
    ...(kind === "percentile" ? { threshold: 1 } : {}),
  };
  return compareMetric(comparison, metric).pValue <= ALLOWED;
};

/** Welch's test of the minutes' means, at the same rate, asked once at the end. */
export const fixedHorizonRule: ComparedRule = (next, stable, kind, isLast) =>
  isLast && repeatedRule(next, stable, kind, true);

/** The same, asked at every look from the third minute on. */
export const repeatedRule: ComparedRule = (next, stable, { direction, tolerance }) => {
  if (next.means.length < 3) return false;
  const [a, b] = [momentsOf(next.means), momentsOf(stable.means)];
  const spread = Math.sqrt(a.variance / next.means.length + b.variance / stable.means.length);
  const worse = direction === "lower-is-better" ? a.mean - b.mean * (1 + tolerance) : b.mean * (1 - tolerance) - a.mean;
  return spread > 0 && worse / spread > Z_OF_ALLOWED;
};

/** The normal deviate that 0.2 % is beyond. */
const Z_OF_ALLOWED = 2.878162;

/** The last minute beyond the stable version's minutes by three of their deviations. */
export const threeSigmaRule: ComparedRule = (next, stable, { direction }) => {
  if (next.means.length < 3) return false;
  const { mean, variance } = momentsOf(stable.means);
  const beyond = (next.means.at(-1) ?? mean) - mean;
  return (direction === "lower-is-better" ? beyond : -beyond) > 3 * Math.sqrt(variance);
};

function momentsOf(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, variance };
}

/** Many releases of one kind, each looked at after every minute. */
export interface ComparedStudy {
  readonly kind: ComparedKind;
  readonly rule: ComparedRule;
  readonly releases: number;
  readonly minutes: number;
  readonly seed: number;
}

/** Invocations of the new version until each release was stopped, in order; `Infinity` where it was not. */
export function comparedUntilStopped(study: ComparedStudy): readonly number[] {
  const random = randomNumbers(study.seed);
  return Array.from({ length: study.releases }, () => runRelease(study, random)).sort((a, b) => a - b);
}

function runRelease({ kind, rule, minutes }: ComparedStudy, random: () => number): number {
  const next: VersionMinutes = { measured: [], means: [] };
  const stable: VersionMinutes = { measured: [], means: [] };
  let served = 0;
  for (let minute = 0; minute < minutes; minute++) {
    const calls = binomial(INVOCATIONS, SHARE, random);
    served += calls;
    addMinute(next, kind, kind.next, minute, calls, random);
    addMinute(stable, kind, kind.stable, minute, INVOCATIONS - calls, random);
    if (rule(next, stable, kind, minute === minutes - 1)) return served;
  }
  return Number.POSITIVE_INFINITY;
}

/** The threshold of a percentile is 1: data are in units of it. */
function addMinute(
  { measured, means }: VersionMinutes,
  { kind, direction }: ComparedKind,
  datum: Datum,
  minute: number,
  calls: number,
  random: () => number,
): void {
  let [sum, beyond, greatest] = [0, 0, 0];
  for (let call = 0; call < calls; call++) {
    const value = datum(random);
    sum += value;
    if (direction === "lower-is-better" ? value > 1 : value <= 1) beyond += 1;
    greatest = Math.max(greatest, value);
  }
  const at = minute * MINUTE_MS;
  const mean = calls === 0 ? 0 : sum / calls;
  means.push(kind === "percentile" ? beyond / calls : mean);
  if (kind === "expression") measured.push({ at, units: 1, amount: mean, greatest: 1 });
  else if (kind === "percentile") measured.push({ at, units: calls, amount: beyond, greatest: 1 });
  else measured.push({ at, units: calls, amount: sum, greatest: Math.max(1, greatest) });
}

/** 1 for so many of the calls. */
function event(rate: number): Datum {
  return (random) => (random() < rate ? 1 : 0);
}

/** Lognormal around a median, with a 99th percentile of three times the median. */
function lognormal(median: number): Datum {
  return (random) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return median * Math.exp((normal * Math.log(3)) / 2.326348);
  };
}

/** A few calls that are worth something, each a different amount: what a shop sells. */
function sales(rate: number): Datum {
  const amount = lognormal(40);
  return (random) => (random() < rate ? amount(random) : 0);
}

const LOWER = { direction: "lower-is-better", tolerance: 0.1 } as const;
const HIGHER = { direction: "higher-is-better", tolerance: 0.1 } as const;

/** Releases by what is compared; the new version is as good as the stable one, or not. */
export const COMPARED = {
  healthy: {
    "sum: 1 % of the calls": { kind: "sum", ...LOWER, tolerance: 0, next: event(0.01), stable: event(0.01) },
    "sum: 1 % of the calls, tolerance used up": {
      kind: "sum",
      ...LOWER,
      next: event(0.011),
      stable: event(0.01),
    },
    "average of durations": { kind: "average", ...LOWER, tolerance: 0, next: lognormal(50), stable: lognormal(50) },
    "average of rare sales, more is better": {
      kind: "average",
      ...HIGHER,
      tolerance: 0,
      next: sales(0.02),
      stable: sales(0.02),
    },
    "p90 of durations": { kind: "percentile", ...LOWER, next: lognormal(0.55), stable: lognormal(0.55) },
    "expression of durations": { kind: "expression", ...LOWER, next: lognormal(50), stable: lognormal(50) },
    "expression of rare sales, more is better": {
      kind: "expression",
      ...HIGHER,
      next: sales(0.002),
      stable: sales(0.002),
    },
  },
  bad: {
    "sum: 3 % instead of 1 %": { kind: "sum", ...LOWER, next: event(0.03), stable: event(0.01) },
    "average of durations: +50 %": { kind: "average", ...LOWER, next: lognormal(75), stable: lognormal(50) },
    "sales: half of them": { kind: "average", ...HIGHER, next: sales(0.1), stable: sales(0.2) },
    "p90 of durations: +50 %": { kind: "percentile", ...LOWER, next: lognormal(0.82), stable: lognormal(0.55) },
    "expression of durations: +50 %": { kind: "expression", ...LOWER, next: lognormal(75), stable: lognormal(50) },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ComparedKind>>>>;

/** A stable version around a stage: its failures in the hour before, and after so many minutes. */
export interface CollapseKind {
  readonly before: (minute: number) => number;
  readonly after: (minute: number) => number;
  readonly callsPerMinute: number;
}

/** Whether a look takes the stable version for collapsed. */
export type CollapseRule = (before: readonly MinuteCount[], since: readonly MinuteCount[]) => boolean;

export const productCollapse: CollapseRule = (before, since) => {
  const rate = failureRate(before);
  const ceiling = rate && collapseCeiling(rate);
  return ceiling !== undefined && testCollapse(since, ceiling).pValue <= ALLOWED;
};

/** The last minute beyond the hour before by three of its minutes' deviations. */
export const threeSigmaCollapse: CollapseRule = (before, since) => {
  const { mean, variance } = momentsOf(before.map(rateOf));
  const last = since.at(-1);
  return last !== undefined && rateOf(last) > mean + 3 * Math.sqrt(variance);
};

function rateOf({ invocations, errors }: MinuteCount): number {
  return invocations === 0 ? 0 : errors / invocations;
}

/** Calls of the stable version from the collapse (or the stage) on until each release was stopped, in order. */
export function callsUntilCollapse(study: {
  readonly kind: CollapseKind;
  readonly rule: CollapseRule;
  readonly releases: number;
  readonly minutes: number;
  readonly seed: number;
}): readonly number[] {
  const random = randomNumbers(study.seed);
  const { kind, rule, minutes } = study;
  const count = (at: number, rate: number): MinuteCount => {
    const invocations = kind.callsPerMinute;
    return { at: at * MINUTE_MS, invocations, errors: binomial(invocations, rate, random) };
  };
  const run = () => {
    const before = Array.from({ length: 60 }, (_, at) => count(at, kind.before(at)));
    const since: MinuteCount[] = [];
    for (let minute = 0; minute < minutes; minute++) {
      since.push(count(60 + minute, kind.after(minute)));
      if (rule(before, since)) return since.reduce((sum, { invocations }) => sum + invocations, 0);
    }
    return Number.POSITIVE_INFINITY;
  };
  return Array.from({ length: study.releases }, run).sort((a, b) => a - b);
}

const steady = (rate: number) => () => rate;

export const COLLAPSES = {
  healthy: {
    "0.1 % errors": { before: steady(0.001), after: steady(0.001), callsPerMinute: 900 },
    "no errors before, 1 % since": { before: steady(0), after: steady(0.01), callsPerMinute: 900 },
    "10 calls a minute, 2 % errors": { before: steady(0.02), after: steady(0.02), callsPerMinute: 10 },
    "errors that come and go, up to 10 %": {
      before: (minute) => (minute % 20 < 5 ? 0.1 : 0.001),
      after: (minute) => (minute % 20 < 5 ? 0.1 : 0.001),
      callsPerMinute: 900,
    },
    "twice the errors of the hour before, 4 %": { before: steady(0.02), after: steady(0.04), callsPerMinute: 900 },
  },
  bad: {
    "every call fails": { before: steady(0.001), after: steady(1), callsPerMinute: 900 },
    "30 % of the calls fail": { before: steady(0.001), after: steady(0.3), callsPerMinute: 900 },
    "10 % of the calls fail": { before: steady(0.001), after: steady(0.1), callsPerMinute: 900 },
    "every call fails, 10 calls a minute": { before: steady(0.001), after: steady(1), callsPerMinute: 10 },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, CollapseKind>>>>;
