import { compareVersions } from "../../lib/release/analysis/comparisons.ts";
import type { MetricReading, MinuteCount, Percentiles } from "../../lib/release/ports/ports.ts";
import { binomial } from "./canary-study.ts";
import { randomNumbers } from "./random-choice.ts";

const MINUTE_MS = 60_000;
const PERCENTILES: Readonly<Record<keyof Percentiles, number>> = { p50: 0, p90: 1.281552, p99: 2.326348 };
/** Durations are lognormal: the p99 is three times the median. */
const SPREAD = Math.log(3) / PERCENTILES.p99;
const TOLERANCE = 0.1;

/** What one version does, as fractions of its invocations. */
export interface VersionKind {
  readonly errors: number;
  readonly serverErrors: number;
  /** How much longer all invocations take: 1.2 for a fifth. */
  readonly slowness?: number;
  /** A fraction of the invocations that takes this many times longer still. */
  readonly tail?: { readonly fraction: number; readonly slowness: number };
}

/** Releases of one kind: a canary of a tenth, 1,000 invocations a minute, watched for so long. */
export interface JudgedStudy {
  readonly next: VersionKind;
  readonly stable: VersionKind;
  readonly releases: number;
  readonly minutes: number;
  readonly seed: number;
  readonly rule: Rule;
}

/** Whether a rule takes the new version for worse after what it saw. `isLast`: the watch is over. */
export type Rule = (reading: MetricReading, minutes: number, isLast: boolean) => boolean;

const INVOCATIONS = 1_000;
const SHARE = 0.1;
const ALPHA = 0.01;
const COMPARISONS = 3;

/** The product: three comparisons that share one rate. */
export const productRule: Rule = (reading, minutes) =>
  compareVersions(reading, { shiftedSince: 0, now: minutes * MINUTE_MS }).some(
    ({ pValue }) => pValue <= ALPHA / COMPARISONS,
  );

/** A test of two proportions for each of the same figures, at the same rate, asked once at the end as it is meant to be. */
export const fixedHorizonRule: Rule = (reading, _minutes, isLast) => isLast && repeatedTestRule(reading, 0, true);

/** The same test, asked at every look. */
export const repeatedTestRule: Rule = (reading) =>
  figuresOf(reading).some(([next, stable]) => zScore(sum(next), sum(stable)) > Z_OF_ALPHA);

/** The normal deviate that 1 % in three is beyond. */
const Z_OF_ALPHA = 2.713052;

/** A minute of the new version beyond the stable version's mean by three of its deviations, as dashboards have it. */
export const threeSigmaRule: Rule = (reading, minutes) =>
  minutes >= 3 &&
  figuresOf(reading).some(([next, stable]) => {
    const rates = stable.map(rateOf);
    const mean = rates.reduce((all, rate) => all + rate, 0) / rates.length;
    const deviation = Math.sqrt(rates.reduce((all, rate) => all + (rate - mean) ** 2, 0) / (rates.length - 1));
    const last = next.at(-1);
    return last !== undefined && rateOf(last) > mean + 3 * deviation;
  });

/** Invocations of the new version until each release was stopped, in order; `Infinity` where it was not. */
export function invocationsUntilStopped(study: JudgedStudy): readonly number[] {
  const random = randomNumbers(study.seed);
  return Array.from({ length: study.releases }, () => runRelease(study, random)).sort((a, b) => a - b);
}

function runRelease({ next, stable, minutes, rule }: JudgedStudy, random: () => number): number {
  const versions = { next: newRecord(), stable: newRecord() };
  let served = 0;
  for (let minute = 0; minute < minutes; minute++) {
    const invocations = binomial(INVOCATIONS, SHARE, random);
    served += invocations;
    addMinute(versions.next, next, minute, invocations, random);
    addMinute(versions.stable, stable, minute, INVOCATIONS - invocations, random);
    if (rule(readingOf(versions), minute + 1, minute === minutes - 1)) return served;
  }
  return Number.POSITIVE_INFINITY;
}

interface VersionRecord {
  readonly errors: MinuteCount[];
  readonly outcomes: MinuteCount[];
  readonly slower: Record<keyof Percentiles, MinuteCount[]>;
}

function newRecord(): VersionRecord {
  return { errors: [], outcomes: [], slower: { p50: [], p90: [], p99: [] } };
}

function addMinute(
  record: VersionRecord,
  kind: VersionKind,
  minute: number,
  invocations: number,
  random: () => number,
) {
  const at = minute * MINUTE_MS;
  const add = (minutes: MinuteCount[], errors: number) => minutes.push({ at, invocations, errors });
  add(record.errors, binomial(invocations, kind.errors, random));
  add(record.outcomes, binomial(invocations, kind.serverErrors, random));
  let [count, chance] = [invocations, 1];
  // What exceeds a higher threshold exceeds the lower ones too.
  for (const percentile of ["p50", "p90", "p99"] as const) {
    const beyond = chanceBeyond(kind, PERCENTILES[percentile]);
    count = binomial(count, beyond / chance, random);
    chance = beyond;
    add(record.slower[percentile], count);
  }
}

/** The chance that an invocation takes longer than the stable version's percentile and the tolerance on top. */
function chanceBeyond({ slowness = 1, tail }: VersionKind, deviate: number): number {
  const beyond = (factor: number) => above(deviate + Math.log((1 + TOLERANCE) / factor) / SPREAD);
  if (tail === undefined) return beyond(slowness);
  return (1 - tail.fraction) * beyond(slowness) + tail.fraction * beyond(slowness * tail.slowness);
}

function readingOf({ next, stable }: Readonly<Record<"next" | "stable", VersionRecord>>): MetricReading {
  return {
    next: next.errors,
    stable: stable.errors,
    outcomes: { next: next.outcomes, stable: stable.outcomes },
    slower: (["p50", "p90", "p99"] as const).map((percentile) => ({
      percentile,
      thresholdMs: 1,
      next: next.slower[percentile],
      stable: stable.slower[percentile],
    })),
  };
}

/** Errors, outcomes and the slowest hundredth: what the other rules look at. */
function figuresOf({
  next,
  stable,
  outcomes,
  slower,
}: MetricReading): [readonly MinuteCount[], readonly MinuteCount[]][] {
  const p99 = slower?.at(-1);
  return [
    [next, stable],
    [outcomes?.next ?? [], outcomes?.stable ?? []],
    [p99?.next ?? [], p99?.stable ?? []],
  ];
}

function sum(minutes: readonly MinuteCount[]): { readonly invocations: number; readonly errors: number } {
  const total = { invocations: 0, errors: 0 };
  for (const { invocations, errors } of minutes) {
    total.invocations += invocations;
    total.errors += errors;
  }
  return total;
}

function zScore(next: ReturnType<typeof sum>, stable: ReturnType<typeof sum>): number {
  const pooled = (next.errors + stable.errors) / (next.invocations + stable.invocations);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / next.invocations + 1 / stable.invocations));
  return spread === 0 ? 0 : (next.errors / next.invocations - stable.errors / stable.invocations) / spread;
}

function rateOf({ invocations, errors }: MinuteCount): number {
  return invocations === 0 ? 0 : errors / invocations;
}

/** The chance that a normal number is greater than this many deviations (Abramowitz & Stegun 26.2.17). */
function above(deviations: number): number {
  if (deviations < 0) return 1 - above(-deviations);
  const t = 1 / (1 + 0.2316419 * deviations);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp(-(deviations ** 2) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

const GOOD: VersionKind = { errors: 0.001, serverErrors: 0.001 };

/** Releases by what is wrong with the new version; `healthy` by what both have in common. */
export const RELEASES = {
  healthy: {
    "0.1 % errors and 500s": [GOOD, GOOD],
    "5 % errors, 2 % 500s": [
      { errors: 0.05, serverErrors: 0.02 },
      { errors: 0.05, serverErrors: 0.02 },
    ],
    "no errors at all": [
      { errors: 0, serverErrors: 0 },
      { errors: 0, serverErrors: 0 },
    ],
  },
  bad: {
    "errors: 2 % instead of 0.1 %": [{ ...GOOD, errors: 0.02 }, GOOD],
    "status 500: 2 % instead of 0.1 %": [{ ...GOOD, serverErrors: 0.02 }, GOOD],
    "status 500: every answer": [{ ...GOOD, serverErrors: 1 }, GOOD],
    "latency: +20 % everywhere": [{ ...GOOD, slowness: 1.2 }, GOOD],
    "latency: +100 % everywhere": [{ ...GOOD, slowness: 2 }, GOOD],
    "latency: +20 % at p99 alone": [{ ...GOOD, tail: { fraction: 0.05, slowness: 1.45 } }, GOOD],
    "latency: +100 % at p99 alone": [{ ...GOOD, tail: { fraction: 0.05, slowness: 4 } }, GOOD],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly [VersionKind, VersionKind]>>>>;
