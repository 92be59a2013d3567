import type { AnalysisPolicy } from "../../assembly/release-metadata.ts";
import type { Reading } from "../decide/decision.ts";
import type { Verdict } from "../model.ts";
import type { MetricReading, MinuteCount } from "../ports/ports.ts";
import { pairMinutes, testErrorProportion } from "./sequential-test.ts";

const MINUTE_MS = 60_000;

/** What is judged: one member over the present watch, and over the whole shift. */
export interface MetricsQuestion {
  readonly path: string;
  readonly reading: Reading<MetricReading>;
  /** When the present weight was verified. */
  readonly watchedSince: number;
  /** When the new version first got traffic. */
  readonly shiftedSince: number;
  readonly now: number;
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
 * divided by the number of members (Bonferroni).
 */
export function judgeMember(question: MetricsQuestion, policy: AnalysisPolicy, members: number): MemberVerdict {
  const { path, reading } = question;
  if (reading.kind === "unreadable") {
    return { outcome: "ERROR", reason: `${path}: metrics could not be read: ${reading.reason}`, evidence: { path } };
  }
  const watched = sum(reading.value.next, floorMinute(question.watchedSince));
  const test = compare(question, reading.value);
  const alpha = policy.falseAlarmRate / members;
  const evidence = describe(path, reading.value, watched, test, alpha);
  if (exceedsCeiling(watched, policy)) {
    const reason = `${path}: ${watched.errors} of ${watched.invocations} invocations failed, more than ${percent(policy.maxErrorRate!)}`;
    return { outcome: "FAIL", reason, evidence };
  }
  if (test.pValue <= alpha) {
    const reason = `${path}: the new version fails more often than the stable one (p ${test.pValue.toExponential(1)}, at most ${alpha.toPrecision(2)} allowed)`;
    return { outcome: "FAIL", reason, evidence };
  }
  if (watched.invocations < Math.max(1, policy.minInvocations)) {
    const reason = `${path}: ${watched.invocations} invocations of the new version seen, ${policy.minInvocations} needed`;
    return { outcome: "INCONCLUSIVE", reason, evidence };
  }
  return { outcome: "PASS", reason: `${path}: ${watched.errors} of ${watched.invocations} failed`, evidence };
}

function compare(question: MetricsQuestion, reading: MetricReading): ReturnType<typeof testErrorProportion> {
  const from = Math.ceil(question.shiftedSince / MINUTE_MS) * MINUTE_MS;
  const whole = (minute: MinuteCount) => minute.at >= from && minute.at + MINUTE_MS <= question.now;
  return testErrorProportion(pairMinutes(reading.next.filter(whole), reading.stable.filter(whole)));
}

/** Also true when the rest of the needed invocations could not bring the rate below the ceiling any more. */
function exceedsCeiling(watched: Total, policy: AnalysisPolicy): boolean {
  if (policy.maxErrorRate === undefined) return false;
  return watched.errors > policy.maxErrorRate * Math.max(watched.invocations, policy.minInvocations);
}

interface Total {
  readonly invocations: number;
  readonly errors: number;
}

function sum(minutes: readonly MinuteCount[], from: number): Total {
  const inside = minutes.filter((minute) => minute.at >= from);
  return {
    invocations: inside.reduce((total, minute) => total + minute.invocations, 0),
    errors: inside.reduce((total, minute) => total + minute.errors, 0),
  };
}

function describe(
  path: string,
  reading: MetricReading,
  watched: Total,
  test: ReturnType<typeof testErrorProportion>,
  alpha: number,
): Readonly<Record<string, unknown>> {
  const stable = sum(reading.stable, Number.NEGATIVE_INFINITY);
  const next = sum(reading.next, Number.NEGATIVE_INFINITY);
  return {
    path,
    watched: { invocations: watched.invocations, errors: watched.errors },
    next: { invocations: next.invocations, errors: next.errors, durationMs: reading.nextDuration },
    stable: { invocations: stable.invocations, errors: stable.errors, durationMs: reading.stableDuration },
    throttles: reading.throttles,
    pValue: test.pValue,
    allowed: alpha,
  };
}

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(4))} %`;
}
