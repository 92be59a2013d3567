import { collapseCeiling, failureRate, testCollapse } from "../analysis/collapse.ts";
import { exceededCeilings } from "../analysis/ceilings.ts";
import { judgeAlarms } from "../analysis/judge-alarms.ts";
import { totalOf } from "../analysis/total.ts";
import type { NewEvent } from "../events.ts";
import type { Aftercare, FailureRate, Member, Release } from "../model.ts";
import type { AlarmReading, MetricReading, ServedReading } from "../ports/ports.ts";
import type { Reading } from "../reading.ts";
import { movingMembers } from "./members.ts";

const MINUTE_MS = 60_000;
/** Ceilings are judged over so long: two hours together would hide ten bad minutes. */
const WINDOW_MS = 10 * MINUTE_MS;
/** Where no analysis says otherwise. */
const DEFAULTS = { falseAlarmRate: 0.01, minInvocations: 50 } as const;
/** Fewer calls of the new version before its success say nothing of what is usual. */
const LEAST_CALLS = 50;

/** What is looked at while a release is watched after its success. */
export interface AftercareObservations {
  readonly alarms?: Reading<ReadonlyMap<string, AlarmReading>>;
  /** Since the success, by member path. */
  readonly metrics: ReadonlyMap<string, Reading<MetricReading>>;
  /** What the new versions served before it; read once. */
  readonly before?: ReadonlyMap<string, Reading<ServedReading>>;
}

/** The watch as it is from here on, and what is journalled. */
export interface AftercareDecision {
  readonly watch: Aftercare;
  readonly events: readonly NewEvent[];
}

/** The watch that a release begins with its success; undefined where nothing is watched. */
export function beginAftercare(release: Release, now: number): Aftercare | undefined {
  const { watchPolicy } = release;
  if (watchPolicy === undefined || release.kind !== "deploy" || movingMembers(release).length === 0) return undefined;
  const { durationMs, onFailure } = watchPolicy;
  return { status: "watching", onFailure, since: now, until: now + durationMs, lookedAt: now };
}

/** One look at a release that succeeded: by alarms, ceilings, and the new versions' own history. Pure. */
export function decideAftercare(release: Release, seen: AftercareObservations, now: number): AftercareDecision {
  const before = release.watch;
  if (before?.status !== "watching") throw new Error("only a release that is watched is looked at");
  const baseline = before.baseline ?? baselinesOf(release, seen.before);
  const watch: Aftercare = { ...before, baseline, lookedAt: now };
  const failures = [...redAlarms(release, seen), ...badMembers(release, watch, seen, now)];
  if (failures.length > 0) return failed(watch, failures);
  const unknown = unreadable(release, seen);
  if (now < before.until) return { watch: { ...watch, unknown }, events: [] };
  if (unknown.length > 0) {
    const text = `the watch is over, and its last look has gaps: ${unknown.join("; ")}`;
    return { watch: { ...watch, status: "over", unknown }, events: [{ code: "WatchEnded", text, trigger: "policy" }] };
  }
  const text = `watched until ${timeOf(now)}: alarms, ceilings and failures are as they should be`;
  return { watch: { ...watch, status: "over", unknown }, events: [{ code: "WatchEnded", text, trigger: "policy" }] };
}

function failed(watch: Aftercare, failures: readonly Failure[]): AftercareDecision {
  const reasons = failures.map(({ reason }) => reason);
  const next =
    watch.onFailure === "rollback" ? "it is rolled back" : "it stays live, as the policy says: `rollback` goes back";
  const event: NewEvent = {
    code: "WatchFailed",
    text: `${reasons.join("; ")}; ${next}`,
    trigger: failures[0]?.trigger ?? "analysis",
    evidence: failures.map(({ evidence }) => evidence),
  };
  return { watch: { ...watch, status: "failed", reasons }, events: [event] };
}

interface Failure {
  readonly reason: string;
  readonly trigger: "alarm" | "analysis";
  readonly evidence?: unknown;
}

function redAlarms(release: Release, { alarms }: AftercareObservations): readonly Failure[] {
  return judgeAlarms(release, alarms)
    .filter(({ outcome }) => outcome === "FAIL")
    .map((verdict) => ({ reason: verdict.reason, trigger: "alarm", evidence: verdict }));
}

function badMembers(release: Release, watch: Aftercare, seen: AftercareObservations, now: number): readonly Failure[] {
  const members = movingMembers(release);
  const { falseAlarmRate } = release.analysis ?? DEFAULTS;
  return members.flatMap((member) => {
    const reading = seen.metrics.get(member.path);
    if (reading?.kind !== "read") return [];
    const exceeded = overCeiling(release, reading.value, watch, now).map((text): Failure => {
      return { reason: `${member.path}: ${text}, in the last 10 minutes`, trigger: "analysis" };
    });
    return [...exceeded, ...collapsed(member, reading.value, watch, { now, allowed: falseAlarmRate / members.length })];
  });
}

function overCeiling(release: Release, reading: MetricReading, { since }: Aftercare, now: number): readonly string[] {
  const { analysis } = release;
  if (analysis === undefined) return [];
  const from = Math.max(since, now - WINDOW_MS);
  return exceededCeilings(reading, totalOf(reading.next, Math.ceil(from / MINUTE_MS) * MINUTE_MS), from, analysis);
}

/** Whether the new version fails as it did not before its success. */
function collapsed(
  { path, next: version }: Member,
  { next, outcomes }: MetricReading,
  { baseline, since }: Aftercare,
  { now, allowed }: { readonly now: number; readonly allowed: number },
): readonly Failure[] {
  const usual = baseline?.[path];
  const kinds = [
    { what: "invocations failed", before: usual?.calls, minutes: next },
    {
      what: "requests were answered with a status of 500 or above",
      before: usual?.outcomes,
      minutes: outcomes?.next ?? [],
    },
  ];
  const judged = kinds.filter(({ before }) => before !== undefined && collapseCeiling(before) !== undefined);
  return judged.flatMap(({ what, before, minutes }): Failure[] => {
    const ceiling = before && collapseCeiling(before);
    if (before === undefined || ceiling === undefined) return [];
    const whole = minutes.filter(({ at }) => at >= since && at + MINUTE_MS <= now);
    const { pValue, since: from } = testCollapse(whole, ceiling);
    // The kinds share the member's part of the false alarm rate.
    if (pValue > allowed / judged.length) return [];
    const total = totalOf(whole, from);
    const reason = `${path}: version ${version} collapsed after its success: ${total.errors} of ${total.invocations} ${what} since ${timeOf(from)}, ${before.errors} of ${before.invocations} before (p ${pValue.toExponential(1)}, at most ${(allowed / judged.length).toPrecision(2)} allowed)`;
    return [{ reason, trigger: "analysis", evidence: { path, version, since: from, total, before, pValue } }];
  });
}

/** The new version's own figures while it was rolled out, or the stable version's where it had few calls. */
function baselinesOf(release: Release, before: AftercareObservations["before"] = new Map()): Aftercare["baseline"] {
  const known = movingMembers(release).flatMap(({ path }) => {
    const reading = before.get(path);
    const stable = release.baseline?.[path];
    const calls = reading?.kind === "read" ? enough(failureRate(reading.value.calls)) : undefined;
    const outcomes = reading?.kind === "read" ? enough(failureRate(reading.value.outcomes ?? [])) : undefined;
    const own = calls ?? stable?.calls;
    const answered = outcomes ?? stable?.outcomes;
    return own === undefined
      ? []
      : [[path, { calls: own, ...(answered === undefined ? {} : { outcomes: answered }) }] as const];
  });
  return Object.fromEntries(known);
}

function enough(rate: FailureRate | undefined): FailureRate | undefined {
  return rate !== undefined && rate.invocations >= LEAST_CALLS ? rate : undefined;
}

function unreadable(release: Release, { alarms, metrics }: AftercareObservations): readonly string[] {
  const gates = judgeAlarms(release, alarms).filter(({ outcome }) => outcome === "ERROR");
  const unread = [...metrics].flatMap(([path, reading]) =>
    reading.kind === "unreadable" ? [`${path}: metrics could not be read: ${reading.reason}`] : [],
  );
  return [...gates.map(({ reason }) => reason), ...unread];
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
