import type { AnalysisPolicy, MetricComparison } from "../../assembly/release-metadata.ts";
import type { Reading } from "../reading.ts";
import type { Verdict } from "../model.ts";
import type { MetricReading } from "../ports/ports.ts";
import { exceededCeilings } from "./ceilings.ts";
import { type ComparedMetric, describeCompared } from "./compare-metrics.ts";
import { type Comparison, compareMetrics, compareVersions } from "./comparisons.ts";
import { type Evidence, type Watched, weighEvidence } from "./judge-evidence.ts";
import { totalOf } from "./total.ts";

/** What is judged: one member over the present watch, and over the whole shift. */
export interface MetricsQuestion extends Watched {
  readonly path: string;
  readonly reading: Reading<MetricReading>;
  /** When the new version first got traffic. */
  readonly shiftedSince: number;
  /** The metrics that the app compares. */
  readonly compared?: readonly MetricComparison[];
}

/** The judgement of one member, and its figures. */
export interface MemberVerdict {
  readonly outcome: Verdict["outcome"];
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/**
 * Judges one member. Absolute ceilings and the least number of invocations count from the verified weight on; the
 * comparisons with the stable version run over all whole minutes of the shift, each at the release's false alarm rate
 * divided by the number of all its comparisons (Bonferroni). A function that is too quiet to judge passes by name.
 */
export function judgeMember(question: MetricsQuestion, policy: AnalysisPolicy, comparisons: number): MemberVerdict {
  const { path, reading } = question;
  if (reading.kind === "unreadable") {
    return { outcome: "ERROR", reason: `${path}: metrics could not be read: ${reading.reason}`, evidence: { path } };
  }
  const found = weighEvidence(reading.value, question, policy);
  const metrics = compareMetrics(reading.value, question, question.compared);
  const tests = compareVersions(reading.value, question);
  const allowed = policy.falseAlarmRate / comparisons;
  const evidence = describe(path, reading.value, { found, tests, metrics, allowed });
  const exceeded = exceededCeilings(reading.value, found.seen, question.since, policy);
  const worse = [...tests, ...metrics].filter(({ pValue }) => pValue <= allowed).map((test) => finding(test, allowed));
  const failures = [...exceeded, ...worse];
  if (failures.length > 0) return { outcome: "FAIL", reason: `${path}: ${failures.join("; ")}`, evidence };
  const unknown = metrics.flatMap((metric) => unknownMetric(metric, question.share, policy));
  if (unknown.length > 0) return { outcome: "INCONCLUSIVE", reason: `${path}: ${unknown.join("; ")}`, evidence };
  const { outcome, reason } = weighed(path, found, policy.minInvocations);
  return { outcome, reason: [reason, ...metrics.map(describeCompared)].join("; "), evidence };
}

/** A metric that cannot be compared, or that the new version should report by now: missing evidence is never a pass. */
function unknownMetric(
  { name, problem, next, stable }: ComparedMetric,
  share: number,
  policy: AnalysisPolicy,
): string[] {
  if (problem !== undefined) return [`${name}: ${problem}`];
  const expected = share < 1 ? (stable.count * share) / (1 - share) : 0;
  if (next.count > 0 || expected < policy.minInvocations) return [];
  return [`${name}: no data of the new version, and ${stable.count} of the stable one`];
}

function finding(test: Pick<Comparison, "finding" | "pValue">, allowed: number): string {
  return `${test.finding} (p ${test.pValue.toExponential(1)}, at most ${allowed.toPrecision(2)} allowed)`;
}

function weighed(path: string, { kind, seen, expected }: Evidence, needed: number): Omit<MemberVerdict, "evidence"> {
  const calls = `${seen.invocations} of ${needed} invocations of the new version seen`;
  switch (kind) {
    case "enough":
      return { outcome: "PASS", reason: `${path}: ${seen.errors} of ${seen.invocations} failed` };
    case "quiet":
      return { outcome: "PASS", reason: `${path}: too quiet to judge: ${calls}, ${Math.round(expected)} expected` };
    case "missing":
      return { outcome: "INCONCLUSIVE", reason: `${path}: ${calls}` };
  }
}

interface Findings {
  readonly found: Evidence;
  readonly tests: readonly Comparison[];
  readonly metrics: readonly ComparedMetric[];
  readonly allowed: number;
}

function describe(
  path: string,
  reading: MetricReading,
  { found, tests, metrics, allowed }: Findings,
): Readonly<Record<string, unknown>> {
  const { outcomes, throttles } = reading;
  const { kind, seen, expected } = found;
  return {
    path,
    watched: { evidence: kind, ...seen, expected: Math.round(expected) },
    next: { ...totalOf(reading.next), durationMs: reading.nextDuration },
    stable: { ...totalOf(reading.stable), durationMs: reading.stableDuration },
    ...(outcomes && { outcomes: { next: totalOf(outcomes.next), stable: totalOf(outcomes.stable) } }),
    ...(throttles && { throttled: totalOf(throttles).errors }),
    slower: reading.slower?.map(({ percentile, thresholdMs, next, stable }) => ({
      percentile,
      thresholdMs,
      next: totalOf(next),
      stable: totalOf(stable),
    })),
    ...(metrics.length > 0 && { compared: metrics.map(asEvidence) }),
    pValues: Object.fromEntries([...tests, ...metrics].map(({ name, pValue }) => [name, pValue])),
    allowed,
  };
}

function asEvidence({ name, basis, next, stable, threshold, gap, problem, pValue }: ComparedMetric) {
  return { name, basis, next, stable, threshold, gap, problem, pValue };
}
