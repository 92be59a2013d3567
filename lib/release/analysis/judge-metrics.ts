import type { AnalysisPolicy } from "../../assembly/release-metadata.ts";
import type { Reading } from "../decide/decision.ts";
import type { Verdict } from "../model.ts";
import type { MetricReading, MinuteCount } from "../ports/ports.ts";
import { type Evidence, type Watched, weighEvidence } from "./judge-evidence.ts";
import { pairMinutes, testErrorProportion } from "./sequential-test.ts";
import { type Total, totalOf } from "./total.ts";

const MINUTE_MS = 60_000;

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
 * Judges one member. The absolute ceiling and the least number of invocations count from the verified weight on; the
 * comparison with the stable version runs over all whole minutes of the shift, at the release's false alarm rate
 * divided by the number of members (Bonferroni). A function that is too quiet to judge passes, and its reason says so.
 */
export function judgeMember(question: MetricsQuestion, policy: AnalysisPolicy, members: number): MemberVerdict {
  const { path, reading } = question;
  if (reading.kind === "unreadable") {
    return { outcome: "ERROR", reason: `${path}: metrics could not be read: ${reading.reason}`, evidence: { path } };
  }
  const found = weighEvidence(reading.value, question, policy);
  const { seen } = found;
  const test = compare(question, reading.value);
  const alpha = policy.falseAlarmRate / members;
  const evidence = describe(path, reading.value, found, test, alpha);
  const { maxErrorRate } = policy;
  if (maxErrorRate !== undefined && exceedsCeiling(seen, maxErrorRate, policy.minInvocations)) {
    const reason = `${path}: ${seen.errors} of ${seen.invocations} invocations failed, more than ${percent(maxErrorRate)}`;
    return { outcome: "FAIL", reason, evidence };
  }
  if (test.pValue <= alpha) {
    const reason = `${path}: the new version fails more often than the stable one (p ${test.pValue.toExponential(1)}, at most ${alpha.toPrecision(2)} allowed)`;
    return { outcome: "FAIL", reason, evidence };
  }
  return { ...weighed(path, found, policy.minInvocations), evidence };
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

function compare(question: MetricsQuestion, reading: MetricReading): ReturnType<typeof testErrorProportion> {
  const from = Math.ceil(question.shiftedSince / MINUTE_MS) * MINUTE_MS;
  const whole = (minute: MinuteCount) => minute.at >= from && minute.at + MINUTE_MS <= question.now;
  return testErrorProportion(pairMinutes(reading.next.filter(whole), reading.stable.filter(whole)));
}

/** Also true when the rest of the needed invocations could not bring the rate below the ceiling any more. */
function exceedsCeiling({ invocations, errors }: Total, maxRate: number, needed: number): boolean {
  return errors > maxRate * Math.max(invocations, needed);
}

function describe(
  path: string,
  reading: MetricReading,
  { kind, seen, expected }: Evidence,
  test: ReturnType<typeof testErrorProportion>,
  alpha: number,
): Readonly<Record<string, unknown>> {
  const stable = totalOf(reading.stable);
  const next = totalOf(reading.next);
  return {
    path,
    watched: { evidence: kind, ...seen, expected: Math.round(expected) },
    next: { invocations: next.invocations, errors: next.errors, durationMs: reading.nextDuration },
    stable: { invocations: stable.invocations, errors: stable.errors, durationMs: reading.stableDuration },
    throttles: reading.throttles,
    pValue: test.pValue,
    allowed: alpha,
  };
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(4))} %`;
}
