import type { Reading } from "../reading.ts";
import { stableOf } from "../decide/members.ts";
import type { Member, Release, StableBaseline } from "../model.ts";
import type { MinuteCount, ServedReading } from "../ports/ports.ts";
import { collapseCeiling, failureRate, testCollapse } from "./collapse.ts";
import type { MemberVerdict } from "./judge-metrics.ts";
import { mixEvidence } from "./sequential-test.ts";
import { totalOf } from "./total.ts";

const MINUTE_MS = 60_000;

/** What is recorded of a stable version before the stage; undefined where it had no calls. */
export function stableBaseline({ calls, outcomes = [] }: ServedReading): StableBaseline | undefined {
  const [failed, answered] = [failureRate(calls), failureRate(outcomes)];
  if (failed === undefined) return undefined;
  return { calls: failed, ...(answered === undefined ? {} : { outcomes: answered }) };
}

/**
 * Judges one stable version by itself: whether it fails since the stage as it did not in the hour before. A stage that
 * takes away something the stable version needs must end the release, even if the new version is healthy. Undefined
 * where it does not fail.
 */
export function judgeStable(
  release: Release,
  { path }: Member,
  reading: Reading<ServedReading>,
  time: { readonly now: number; readonly allowed: number },
): MemberVerdict | undefined {
  const baseline = release.baseline?.[path];
  const { staged } = release;
  if (baseline === undefined || staged === undefined) return undefined;
  if (reading.kind === "unreadable") {
    const reason = `${path}: the stable version's metrics could not be read: ${reading.reason}`;
    return { outcome: "ERROR", reason, evidence: { path } };
  }
  const whole = (minutes: readonly MinuteCount[] = []) =>
    minutes.filter(({ at }) => at >= staged.at && at + MINUTE_MS <= time.now);
  const kinds = [
    { what: "invocations failed", before: baseline.calls, minutes: whole(reading.value.calls) },
    {
      what: "requests were answered with a status of 500 or above",
      before: baseline.outcomes,
      minutes: whole(reading.value.outcomes),
    },
  ];
  const tests = kinds.flatMap(({ what, before, minutes }) => {
    const ceiling = before && collapseCeiling(before);
    if (before === undefined || ceiling === undefined) return [];
    return [{ what, before, minutes, ceiling, result: testCollapse(minutes, ceiling) }];
  });
  const [strongest] = tests.toSorted((a, b) => b.result.logEvidence - a.result.logEvidence);
  if (strongest === undefined) return undefined;
  const { pValue } = mixEvidence(tests.map(({ result }) => result));
  if (pValue > time.allowed) return undefined;
  const version = stableOf(release, path);
  const { since } = strongest.result;
  const total = totalOf(strongest.minutes, since);
  const found = `${total.errors} of ${total.invocations} ${strongest.what} since ${timeOf(since)}`;
  const before = `${strongest.before.errors} of ${strongest.before.invocations} in the hour before`;
  const chance = `p ${pValue.toExponential(1)}, at most ${time.allowed.toPrecision(2)} allowed`;
  const stage = `the stage ended at ${timeOf(staged.at)} and changed ${describeChanges(staged.changed)}`;
  return {
    outcome: "FAIL",
    reason: `${path}: the stable version ${version} collapsed after the stage: ${found}, ${before} (${chance}); ${stage}. ${REMEDY}`,
    evidence: { path, stable: version, since, total, before: strongest.before, staged, pValue, allowed: time.allowed },
  };
}

/** Aliases that go back do not heal what serves them. */
const REMEDY =
  "The aliases stay on the stable version, which does not undo the stack update: deploy the previous sources, and the stacks get back what they had";

const MOST_CHANGES = 8;

function describeChanges(changed: readonly string[]): string {
  if (changed.length === 0) return "what the stacks' events list";
  const more = changed.length > MOST_CHANGES ? ` and ${changed.length - MOST_CHANGES} more` : "";
  return `${changed.slice(0, MOST_CHANGES).join(", ")}${more}`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
