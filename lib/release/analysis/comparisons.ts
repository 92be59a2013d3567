import type { AnalysisPolicy, MetricComparison } from "../../assembly/release-metadata.ts";
import { movingMembers } from "../decide/members.ts";
import type { Release } from "../model.ts";
import type { MetricReading, MinuteCount } from "../ports/ports.ts";
import { compareMetric, type ComparedMetric } from "./compare-metrics.ts";
import { METRICS_LAG_MS } from "./judge-evidence.ts";
import { mixEvidence, pairMinutes, type SequentialResult, testErrorProportion } from "./sequential-test.ts";

const MINUTE_MS = 60_000;

/** One comparison of both versions, and what it says where it finds the new one worse. */
export interface Comparison extends SequentialResult {
  /** `errors`, `outcomes`, `latency`, or the name of a metric that the app compares. */
  readonly name: string;
  readonly finding: string;
}

/** The time that a comparison runs over: the whole minutes from the first weight until now. */
export interface ComparedTime {
  readonly shiftedSince: number;
  readonly now: number;
}

/**
 * Compares both versions of one member in everything that is judged. Each is a test of how often something happens in
 * the same minutes, so each keeps its false alarm rate however often it is evaluated.
 */
export function compareVersions(reading: MetricReading, time: ComparedTime): readonly Comparison[] {
  const { next, stable, outcomes, slower = [] } = reading;
  const errors = testErrorProportion(pairMinutes(whole(next, time), whole(stable, time)));
  const comparisons: Comparison[] = [
    { name: "errors", finding: "the new version fails more often than the stable one", ...errors },
  ];
  if (outcomes !== undefined) {
    const test = testErrorProportion(pairMinutes(whole(outcomes.next, time), whole(outcomes.stable, time)));
    const finding = "the new version answers with a status of 500 or above more often than the stable one";
    comparisons.push({ name: "outcomes", finding, ...test });
  }
  if (slower.length > 0) comparisons.push(compareLatency(slower, time));
  return comparisons;
}

/** Compares the metrics that the app names, over the same minutes. */
export function compareMetrics(
  reading: MetricReading,
  time: ComparedTime,
  comparisons: readonly MetricComparison[] = [],
): readonly ComparedMetric[] {
  return comparisons.flatMap((comparison) => {
    const measured = reading.measured?.find(({ name }) => name === comparison.name);
    if (measured === undefined) return [];
    // A call without a figure counts as one without an amount, so its figure gets time to arrive.
    const isLate = measured.basis === "invocations" || measured.basis === "requests";
    const until = { ...time, now: isLate ? time.now - METRICS_LAG_MS : time.now };
    const warm = isLate ? undefined : warmMinutes(reading.next);
    const next = whole(measured.next, until).filter(({ at }) => warm?.(at) ?? true);
    return [compareMetric(comparison, { ...measured, next, stable: whole(measured.stable, until) })];
  });
}

/**
 * The maximum number of comparisons that a release makes: the promised false alarm rate is divided among them. Every
 * test that judges must be counted here, and nowhere else.
 */
export function countComparisons(release: Release, { latency }: AnalysisPolicy): number {
  const each = movingMembers(release).map(({ kind, outcomes, comparisons = [] }) => {
    const isFunction = kind === "function";
    return 1 + (outcomes === undefined ? 0 : 1) + (isFunction && latency !== undefined ? 1 : 0) + comparisons.length;
  });
  // One test for each stable version that was measured before the stage.
  const stable = Object.keys(release.baseline ?? {}).length;
  return each.reduce((sum, count) => sum + count, stable);
}

/**
 * Durations by how often each version is slower than a percentile that the stable version had *before* the release, with
 * the tolerance on top: thresholds that are fixed before the first look turn a test of quantiles into a test of
 * proportions (Howard & Ramdas 2022, "Sequential estimation of quantiles", section 2). The three tests are mixed into
 * one by their mean, which is an e-value again.
 */
function compareLatency(slower: NonNullable<MetricReading["slower"]>, time: ComparedTime): Comparison {
  const tests = slower.map(({ next, stable }) =>
    testErrorProportion(pairMinutes(withoutColdStarts(whole(next, time)), whole(stable, time))),
  );
  const strongest = tests.reduce((best, one, index) => (one.logEvidence > tests[best]!.logEvidence ? index : best), 0);
  const { percentile, thresholdMs } = slower[strongest]!;
  const finding = `the new version is slower than the stable one: more of its invocations took longer than ${Math.round(thresholdMs)} ms, by the stable version's ${percentile} before the release`;
  return { name: "latency", finding, ...mixEvidence(tests) };
}

function withoutColdStarts(minutes: readonly MinuteCount[]): readonly MinuteCount[] {
  const isWarm = warmMinutes(minutes);
  return minutes.filter(({ at }) => isWarm(at));
}

/**
 * Returns which minutes are compared where cold starts would count: not those in which the traffic of the new version
 * rose by more than half, nor the ones after them. It depends on how many invocations there were, never on how long
 * they took.
 */
function warmMinutes(minutes: readonly MinuteCount[]): (at: number) => boolean {
  const invocations = new Map(minutes.map((minute) => [minute.at, minute.invocations]));
  const rose = (at: number) => (invocations.get(at) ?? 0) > 1.5 * (invocations.get(at - MINUTE_MS) ?? 0);
  return (at) => !rose(at) && !rose(at - MINUTE_MS);
}

function whole<T extends { readonly at: number }>(minutes: readonly T[], time: ComparedTime): readonly T[] {
  const from = Math.ceil(time.shiftedSince / MINUTE_MS) * MINUTE_MS;
  return minutes.filter(({ at }) => at >= from && at + MINUTE_MS <= time.now);
}
