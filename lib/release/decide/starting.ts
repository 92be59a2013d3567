import { stableBaseline } from "../analysis/judge-stable.ts";
import { judgeAlarms } from "../analysis/judge-alarms.ts";
import { describeShape, isSameShape } from "../alias-shape.ts";
import type { NewEvent } from "../events.ts";
import type { Cause, Effect, Member, Progress, Release } from "../model.ts";
import type { FinaliseOutcome, StageOutcome } from "../ports/stack-port.ts";
import type { Reading } from "../reading.ts";
import { abort, type AliasObservation, type Decision, enter, stay, type Tick } from "./decision.ts";
import { withReplaced } from "../old-resources.ts";
import { runHooks } from "./hooks.ts";
import { movingMembers, stableOf, steppedMembers } from "./members.ts";
import { prepareNext } from "./prepare-next.ts";
import { alignmentNews, areStacksMoving, foundProgress, withoutStackMoves, withStacksMoving } from "./pins.ts";
import { wishFor, wishTaken } from "./wishes.ts";

const RETRY_MS = 2_000;
/** How long what is live may be unreadable before the release is ended. */
const READ_PATIENCE_MS = 5 * 60_000;
const STACKS_LOOK_MS = 5_000;

/** LOCKED: records what is stable, once, and refuses to start over a red alarm or a split alias. */
export function decideLocked(tick: Tick): Decision {
  const { release, observations, now } = tick;
  if (release.kind === "rollback") return enter(tick, release, "ABORTING");
  const targets = release.members.filter((member) => member.target !== undefined);
  const seen = new Map(targets.map((member) => [member.path, observations.aliases.get(member.path)]));
  const unread = whyUnread(seen, observations.pins);
  if (unread !== undefined) {
    if (now < release.enteredAt + READ_PATIENCE_MS) return stay(tick, release, { wakeAt: now + RETRY_MS });
    return abort(tick, release, { trigger: "preflight", text: unread });
  }
  const stable: Record<string, string | null> = {};
  for (const member of release.members) {
    const alias = seen.get(member.path);
    if (alias?.kind === "seen" && alias.snapshot.additional !== undefined) {
      const text = `${member.path}: its alias is split already: it serves ${describeShape(alias.snapshot)}`;
      return abort(tick, release, { trigger: "foreign-change", text });
    }
    stable[member.path] = alias?.kind === "seen" ? alias.snapshot.primary : null;
  }
  const red = redBeforeStart({ ...tick, release: { ...release, stable } });
  if (red !== undefined) return abort(tick, release, { trigger: "alarm", text: red });
  const event: NewEvent = {
    code: "StableRecorded",
    text: `stable versions recorded of ${Object.keys(stable).length} aliases`,
    trigger: "policy",
    evidence: stable,
  };
  const recorded = release.stable ?? stable;
  const pins = observations.pins?.kind === "read" ? observations.pins.value : new Map<string, string>();
  const progress = foundProgress(recorded, pins);
  const baseline = release.baseline ?? baselineOf(observations.served);
  return enter(tick, { ...release, stable: recorded, progress, baseline }, "STAGING", { events: [event] });
}

/** A version without calls, or whose figures cannot be read, has no baseline: it is not compared later. */
function baselineOf(served: Tick["observations"]["served"] = new Map()): Release["baseline"] {
  const known = [...served].flatMap(([path, reading]) => {
    const baseline = reading.kind === "read" ? stableBaseline(reading.value) : undefined;
    return baseline === undefined ? [] : [[path, baseline] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** Why what is live cannot be recorded; undefined where everything was read. */
function whyUnread(
  seen: ReadonlyMap<string, AliasObservation | undefined>,
  pins: Reading<unknown> | undefined,
): string | undefined {
  for (const [path, alias] of seen) {
    if (alias === undefined) return `${path}: its alias was not read`;
    if (alias.kind === "unreadable") return `${path}: its alias cannot be read: ${alias.reason}`;
  }
  return pins?.kind === "unreadable" ? `the stacks cannot be read: ${pins.reason}` : undefined;
}

/** Alarms of this very template do not exist yet before staging: only READY insists on them. */
function redBeforeStart(tick: Tick): string | undefined {
  const { release, observations } = tick;
  const known = { ...release, alarms: release.alarms.filter((guard) => guard.name !== undefined) };
  const red = judgeAlarms(known, observations.alarms).find((verdict) => verdict.outcome === "FAIL");
  return red === undefined ? undefined : `${red.reason}, before the start; --override-alarm waves it through`;
}

/**
 * STAGING: the stacks publish the new versions while the aliases stay where they are. First the pins are brought to
 * the live versions: CloudFormation restores them when the stage fails, and would put another version live.
 */
export function decideStaging(tick: Tick): Decision {
  const { release, observations, now, fence } = tick;
  const ended = observations.effect;
  if (ended?.kind === "stage") return staged(tick, ended.outcome);
  if (ended?.kind === "align") return aligned(tick, ended.outcome);
  const wish = wishFor(tick, "abort");
  if (wish !== undefined) return abortStaging(tick, { trigger: "user", text: wishTaken(wish).text }, wishTaken(wish));
  if (release.effect !== undefined && areStacksMoving(tick))
    return stay(tick, release, { wakeAt: now + STACKS_LOOK_MS });
  if (isRestored(tick)) {
    const text = "the stack update of an earlier driver was rolled back, and moved aliases";
    return abortStaging(tick, { trigger: "stage", text }, { code: "StagingFailed", text, trigger: "stage" });
  }
  const isMisaligned = Object.values(release.progress).some(({ byStacks }) => byStacks !== undefined);
  if (!isMisaligned || release.effect?.kind === "stage") return stage(tick, []);
  return stay(tick, { ...release, effect: { kind: "align", fence, at: now } }, { command: { kind: "align" } });
}

/** CloudFormation rolled an earlier attempt back and put a version live that was not. */
function isRestored({ release, observations }: Tick): boolean {
  return Object.entries(release.progress).some(([path, { byStacks }]) => {
    const seen = observations.aliases.get(path);
    return byStacks !== undefined && seen?.kind === "seen" && isSameShape(seen.snapshot, byStacks);
  });
}

function aligned(tick: Tick, outcome: FinaliseOutcome): Decision {
  const event = alignmentNews(outcome);
  if (outcome.kind === "finalised") return stage({ ...tick, release: withoutStackMoves(tick.release) }, [event]);
  // A refused change set changed nothing: the stage continues, and its failure is repaired by ABORTING.
  if (outcome.refused === true) return stage(tick, [event]);
  return abortStaging(tick, { trigger: "stage", text: outcome.reason }, event);
}

/** CloudFormation may still roll an update back: ABORTING waits for that, and puts every alias right. */
function abortStaging(tick: Tick, cause: Cause, event: NewEvent): Decision {
  return abort(tick, withStacksMoving(tick.release, tick.now), cause, [event]);
}

function stage(tick: Tick, events: readonly NewEvent[]): Decision {
  const { release, now, fence } = tick;
  const attempt = release.effect?.kind === "stage" ? release.effect.attempt + 1 : 1;
  const effect: Effect = { kind: "stage", attempt, fence, at: now };
  const event: NewEvent = { code: "StagingStarted", text: "stack updates with traffic pinned", trigger: "policy" };
  return stay(tick, { ...release, effect }, { events: [...events, event], command: { kind: "stage" } });
}

function staged(tick: Tick, outcome: StageOutcome): Decision {
  if (outcome.kind === "failed") {
    const event: NewEvent = { code: "StagingFailed", text: outcome.reason, trigger: "stage" };
    return abortStaging(tick, { trigger: "stage", text: outcome.reason }, event);
  }
  const found = new Map(outcome.members.map((member) => [member.path, member]));
  const members = tick.release.members.map((member): Member => {
    const now = found.get(member.path);
    if (now === undefined) return member;
    const { target, next, comparisons = member.comparisons } = now;
    return { ...member, target, next, ...(comparisons === undefined ? {} : { comparisons }) };
  });
  const hooks = tick.release.hooks.map((hook) => ({
    ...hook,
    functionName: outcome.hooks.get(hook.path) ?? hook.functionName,
  }));
  const alarms = tick.release.alarms.map((alarm) => ({ ...alarm, name: outcome.alarms.get(alarm.path) ?? alarm.name }));
  const subscribers = tick.release.subscribers?.map((one) => ({
    ...one,
    name: outcome.subscribers?.get(one.path) ?? one.name,
  }));
  const event: NewEvent = {
    code: "Staged",
    text: "new versions are published, traffic is untouched",
    trigger: "policy",
  };
  const stagedNow = { at: tick.now, changed: outcome.changed ?? [] };
  const known = { members, hooks, alarms, staged: stagedNow, ...(subscribers === undefined ? {} : { subscribers }) };
  const next = withReplaced({ ...withoutStackMoves(tick.release), ...known }, outcome.replaced);
  return enter(tick, next, "READY", { events: [event] });
}

/**
 * READY: the release continues only if traffic is where it was, the versions may share an alias, the new ones can
 * serve, and the gates exist.
 */
export function decideReady(tick: Tick): Decision {
  const { release, observations, now } = tick;
  const wish = wishFor(tick, "abort");
  if (wish !== undefined)
    return abort(tick, release, { trigger: "user", text: wishTaken(wish).text }, [wishTaken(wish)]);
  const moving = movingMembers(release);
  if (moving.length === 0) return nothingToShift(tick);
  const { preflight } = observations;
  const aliases = moving.map((member) => observations.aliases.get(member.path));
  if (preflight?.kind !== "read" || aliases.some((alias) => alias === undefined || alias.kind === "unreadable")) {
    if (preflight?.kind !== "unreadable" || now < release.enteredAt + READ_PATIENCE_MS) {
      return stay(tick, release, { wakeAt: now + RETRY_MS });
    }
    return abort(tick, release, { trigger: "preflight", text: `versions cannot be read: ${preflight.reason}` });
  }
  const moved = moving.filter((member) => !servesStable(tick, member));
  if (moved.length > 0) {
    const text = `traffic is no longer where the release found it: ${moved.map((member) => member.path).join(", ")}`;
    return abort(tick, release, { trigger: "foreign-change", text });
  }
  const problems = [...preflight.value.problems, ...unfitAlarms(tick)];
  if (problems.length > 0) return abort(tick, release, { trigger: "preflight", text: problems.join("; ") });
  const waiting = prepareNext(tick, moving, preflight.value.seen);
  if (waiting !== undefined) return waiting;
  const ready = withProgress({ ...release, members: withTimeouts(release, preflight.value.timeoutMs) });
  return enter(tick, ready, "PRE_HOOKS", { events: overrides(tick) });
}

function nothingToShift(tick: Tick): Decision {
  const { release } = tick;
  const fresh = release.members.filter((member) => stableOf(release, member.path) === null);
  const text =
    fresh.length === 0
      ? "no alias has a new version: nothing is shifted"
      : `first deploy of ${fresh.map((member) => member.path).join(", ")}: there is nothing to shift from`;
  return enter(tick, release, "FINALISING", { events: [{ code: "FirstDeploy", text, trigger: "policy" }] });
}

function servesStable(tick: Tick, member: Member): boolean {
  const alias = tick.observations.aliases.get(member.path);
  if (alias?.kind !== "seen" || alias.snapshot.additional !== undefined) return false;
  return alias.snapshot.primary === stableOf(tick.release, member.path);
}

function unfitAlarms(tick: Tick): string[] {
  return judgeAlarms(tick.release, tick.observations.alarms)
    .filter((verdict) => verdict.outcome === "FAIL" || verdict.outcome === "ERROR")
    .map((verdict) => `${verdict.reason}, before the start`);
}

function overrides(tick: Tick): NewEvent[] {
  const { overriddenAlarms } = tick.release;
  if (overriddenAlarms.length === 0) return [];
  const text = `red alarms explicitly overridden: ${overriddenAlarms.join(", ")}`;
  return [{ code: "AlarmOverridden", text, trigger: "user" }];
}

function withTimeouts(release: Release, timeouts: ReadonlyMap<string, number>): readonly Member[] {
  return release.members.map((member) => {
    const timeoutMs = timeouts.get(member.path);
    return timeoutMs === undefined ? member : { ...member, timeoutMs };
  });
}

function withProgress(release: Release): Release {
  const fresh = movingMembers(release).map((member): [string, Progress] => {
    const verified = { primary: stableOf(release, member.path)! };
    return [member.path, { verified, touched: false, failures: 0 }];
  });
  return { ...release, progress: { ...release.progress, ...Object.fromEntries(fresh) } };
}

/** PRE_HOOKS: the last word before any traffic moves. */
export function decidePreHooks(tick: Tick): Decision {
  const { release } = tick;
  const wish = wishFor(tick, "abort");
  if (wish !== undefined)
    return abort(tick, release, { trigger: "user", text: wishTaken(wish).text }, [wishTaken(wish)]);
  return runHooks(tick, release, "preTraffic", {
    passed: (next, events) => enter(tick, next, firstShift(next), { events, patch: { step: 0 } }),
    failed: (next, cause, events) => abort(tick, next, cause, events),
  });
}

function firstShift(release: Release): "SHIFTING" | "PROMOTING" {
  return release.policy.steps.length === 0 || steppedMembers(release).length === 0 ? "PROMOTING" : "SHIFTING";
}
