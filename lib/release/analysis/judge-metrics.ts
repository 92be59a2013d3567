import type { AnalysisPolicy } from "../../assembly/release-metadata.ts";
import type { Reading } from "../decide/decision.ts";
import type { Verdict } from "../model.ts";
import type { MetricReading } from "../ports/ports.ts";
import { exceededCeilings } from "./ceilings.ts";
import { type Comparison, compareVersions } from "./comparisons.ts";
import { type Evidence, type Watched, weighEvidence } from "./judge-evidence.ts";
import { totalOf } from "./total.ts";

/** What is judged: one member over the present watch, and over the whole shift. */
export interface MetricsQuestion extends Watched {
  readonly path: string;
  readonly reading: Reading<MetricReading>;
  /** When the new version first got traffic. */
  readonly shiftedSince: number;
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
  const tests = compareVersions(reading.value, question);
  const allowed = policy.falseAlarmRate / comparisons;
  const evidence = describe(path, reading.value, found, tests, allowed);
  const exceeded = exceededCeilings(reading.value, found.seen, question.since, policy);
  const worse = tests.filter(({ pValue }) => pValue <= allowed).map((test) => finding(test, allowed));
  const failures = [...exceeded, ...worse];
  if (failures.length > 0) return { outcome: "FAIL", reason: `${path}: ${failures.join("; ")}`, evidence };
  return { ...weighed(path, found, policy.minInvocations), evidence };
}

function finding(test: Comparison, allowed: number): string {
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

function describe(
  path: string,
  reading: MetricReading,
  { kind, seen, expected }: Evidence,
  tests: readonly Comparison[],
  allowed: number,
): Readonly<Record<string, unknown>> {
  const { outcomes, throttles } = reading;
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
    pValues: Object.fromEntries(tests.map(({ name, pValue }) => [name, pValue])),
    allowed,
  };
}
