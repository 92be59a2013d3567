import type { Release } from "../model.ts";
import { decideAborting } from "./aborting.ts";
import { type Decision, enter, type Needs, stay, type Tick } from "./decision.ts";
import { decideFinalising } from "./finalising.ts";
import { decidePruning } from "./finishing.ts";
import { leftMembers } from "./left-versions.ts";
import { leftOutMembers, movingMembers, promotedMembers, restorableMembers, steppedMembers } from "./members.ts";
import { returningMembers } from "./prepare-return.ts";
import { decideBaking, decidePostHooks, decidePromoting, decideShifting } from "./shifting.ts";
import { decideLocked, decidePreHooks, decideReady, decideStaging } from "./starting.ts";
import { decidePaused } from "./watching.ts";

/** The tick: from what is recorded and what was seen to what is done next. Pure; drivers do the rest. */
export function decide(tick: Tick): Decision {
  const { release } = tick;
  switch (release.state) {
    case "PLANNED":
      return enter(tick, release, "LOCKED");
    case "LOCKED":
      return decideLocked(tick);
    case "STAGING":
      return decideStaging(tick);
    case "READY":
      return decideReady(tick);
    case "PRE_HOOKS":
      return decidePreHooks(tick);
    case "SHIFTING":
      return decideShifting(tick);
    case "PAUSED":
      return decidePausedState(tick);
    case "PROMOTING":
      return decidePromoting(tick);
    case "BAKING":
      return decideBaking(tick);
    case "POST_HOOKS":
      return decidePostHooks(tick);
    case "FINALISING":
      return decideFinalising(tick);
    case "PRUNING":
      return decidePruning(tick);
    case "ABORTING":
      return decideAborting(tick);
    case "FINALISE_PENDING":
    case "ROLLBACK_BLOCKED":
    case "SUCCEEDED":
    case "ROLLED_BACK":
      return stay(tick, release);
  }
}

function decidePausedState(tick: Tick): Decision {
  const wish = tick.observations.requests.find(({ verb, release }) => verb === "abort" && release === tick.release.id);
  if (wish !== undefined) return decideShifting(tick);
  const members = tick.release.pause?.from === "BAKING" ? movingMembers(tick.release) : steppedMembers(tick.release);
  return decidePaused(tick, members);
}

/** How often aliases that are where they should be are looked at: Lambda rations such calls for the whole account. */
const ALIAS_LOOK_MS = 60_000;

/** What a release has to see before its next tick. `aliasesReadAt` is when this driver last read the aliases. */
export function needsOf(release: Release, now: number, aliasesReadAt = Number.NEGATIVE_INFINITY): Needs {
  const needs = allNeedsOf(release, now);
  const { verifiedAt, deadline = 0 } = release;
  const rests = verifiedAt !== undefined && now < deadline && now - aliasesReadAt < ALIAS_LOOK_MS;
  return rests && isWatching(release) ? { ...needs, aliases: [], served: false } : needs;
}

function isWatching({ state }: Release): boolean {
  return state === "SHIFTING" || state === "BAKING";
}

function allNeedsOf(release: Release, now: number): Needs {
  switch (release.state) {
    case "LOCKED":
      return {
        aliases: release.kind === "rollback" ? [] : pathsWithTarget(release),
        alarms: true,
        pins: release.kind !== "rollback",
        served: release.kind !== "rollback",
      };
    case "READY":
      return { aliases: paths(movingMembers(release)), alarms: true, preflight: true };
    case "SHIFTING":
      return { aliases: paths(steppedMembers(release)), alarms: true, ...metricsOf(release.verifiedAt !== undefined) };
    case "PROMOTING":
      return { aliases: paths(movingMembers(release)), alarms: true };
    case "BAKING":
      return { aliases: paths(movingMembers(release)), alarms: true, ...metricsOf(true) };
    case "PAUSED":
      return { aliases: [], alarms: true, ...metricsOf(true) };
    case "ABORTING":
      return {
        aliases: paths([...restorableMembers(release), ...leftOutMembers(release)]),
        targets: paths(returningMembers(release, now)),
        ...(release.leftConcurrency === "asked" ? { idle: paths(leftMembers(release)) } : {}),
        ...stacksOf(release),
      };
    case "STAGING":
      // An update that an earlier driver started may still be under way, or was rolled back.
      return release.effect === undefined
        ? { aliases: [] }
        : { aliases: paths(restorableMembers(release)), stacks: true };
    case "PRUNING":
      return release.restamped === true
        ? { aliases: [], versions: true, idle: functionsWithTarget(release) }
        : { aliases: paths(movingMembers(release).filter(({ target }) => target !== undefined)) };
    case "FINALISING":
      return { aliases: paths(promotedMembers(release)), stacks: release.effect !== undefined };
    case "PLANNED":
    case "PRE_HOOKS":
    case "POST_HOOKS":
    case "FINALISE_PENDING":
    case "ROLLBACK_BLOCKED":
    case "SUCCEEDED":
    case "ROLLED_BACK":
      return { aliases: [] };
  }
}

function metricsOf(areRead: boolean): Pick<Needs, "metrics" | "served"> {
  return { metrics: areRead, served: areRead };
}

/** The stacks come last: aliases are rolled back before the stacks are read. */
function stacksOf(release: Release): Partial<Needs> {
  return { stacks: release.stacksQuietBy !== undefined, pins: release.verifiedAt !== undefined };
}

function paths(members: Release["members"]): readonly string[] {
  return members.map((member) => member.path);
}

/** Functions that are deployed: only they have provisioned concurrency. */
export function functionsWithTarget(release: Release): readonly string[] {
  return paths(release.members.filter(({ kind, target }) => kind === "function" && target !== undefined));
}

function pathsWithTarget(release: Release): readonly string[] {
  return paths(release.members.filter((member) => member.target !== undefined));
}
