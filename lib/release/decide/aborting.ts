import type { NewEvent } from "../events.ts";
import type { Cause, Release, Straggler } from "../model.ts";
import { type Convergence, converge } from "./converge.ts";
import { type Decision, enter, stay, type Tick } from "./decision.ts";
import { runHooks } from "./hooks.ts";
import { leftOutMembers, restorableMembers, restoredShape, touchedMembers } from "./members.ts";
import { releaseLeft } from "./left-versions.ts";
import { prepareReturn } from "./prepare-return.ts";
import { alignmentNews, areStacksMoving, misalignedPaths } from "./pins.ts";

const STACKS_LOOK_MS = 5_000;

/**
 * ABORTING: every alias returns to its stable version, callers first: those that this release wrote, and those that
 * CloudFormation moved when it rolled the stage back. Needs only the recorded versions and the aliases; the stacks are
 * awaited, and their pins follow, where they can be reached. A version without traffic for long is prepared first.
 * Continues past failures; aliases that cannot be rolled back are listed.
 */
export function decideAborting(tick: Tick): Decision {
  const leftOut = leftOutMembers(tick.release);
  const members = [...restorableMembers(tick.release), ...leftOut];
  const triedOnce = new Set(leftOut.map(({ path }) => path));
  const back = prepareReturn(tick);
  if (back.first !== undefined) return back.first;
  const { held, lost } = back;
  const order = {
    members,
    goalOf: restoredShape,
    step: "stable",
    direction: "callers-first",
    held,
    lost,
    triedOnce,
  } as const;
  const convergence = converge({ ...tick, release: back.release }, order);
  const { release, command, wakeAt } = convergence;
  const events = [...back.events, ...convergence.events];
  if (!convergence.settled) {
    return stay(tick, release, {
      events,
      requests: [],
      ...(command === undefined ? {} : { command }),
      ...(wakeAt === undefined ? {} : { wakeAt }),
    });
  }
  const stragglers = stragglersOf(tick, convergence);
  if (stragglers.length > 0) return blocked(tick, release, stragglers, events);
  return withEvents(tryStacks(tick, release) ?? releaseLeft(tick, release) ?? finish(tick, convergence), events);
}

/**
 * Aliases that this release still has to roll back. An alias that was moved outside this release, and that this release
 * never wrote, is left alone.
 */
function stragglersOf({ release }: Tick, { foreign, unreachable }: Convergence): readonly Straggler[] {
  const stuck = [...foreign.filter(({ path }) => release.progress[path]?.touched === true), ...unreachable];
  return stuck.filter(({ path }) => !isLeftOut(release, path));
}

function isLeftOut({ letGo = [] }: Release, path: string): boolean {
  return letGo.includes(path);
}

/** With every alias back: waits for stacks that may still move one, then has their pins follow. */
function tryStacks(tick: Tick, release: Release): Decision | undefined {
  const { observations, now, fence } = tick;
  const { stacksQuietBy, verifiedAt, alignedBy, kind } = release;
  if (stacksQuietBy !== undefined && now < stacksQuietBy && areStacksMoving(tick)) {
    return stay(tick, release, { requests: [], wakeAt: now + STACKS_LOOK_MS });
  }
  if (observations.effect?.kind === "align") {
    return stay(tick, release, { events: [alignmentNews(observations.effect.outcome)], requests: [], wakeAt: now });
  }
  if (kind !== "rollback" && stacksQuietBy === undefined) return undefined;
  if (verifiedAt === undefined) return stay(tick, { ...release, verifiedAt: now }, { requests: [], wakeAt: now });
  const { pins } = observations;
  if (alignedBy === fence || pins === undefined) return undefined;
  const tried = { ...release, alignedBy: fence };
  if (pins.kind === "unreadable") {
    const event = alignmentNews({ kind: "failed", reason: pins.reason });
    return stay(tick, tried, { events: [event], requests: [], wakeAt: now });
  }
  if (misalignedPaths(release, pins.value).length === 0) return undefined;
  const effect = { kind: "align", fence, at: now } as const;
  return stay(tick, { ...tried, effect }, { command: { kind: "align" }, requests: [] });
}

function finish(tick: Tick, { release, foreign, unreachable }: Convergence): Decision {
  const stuck: NewEvent[] = [...foreign, ...unreachable].map(({ path, reason }) =>
    isLeftOut(release, path)
      ? { code: "MembersLetGo", text: `${path} stays as it is: ${reason}`, trigger: "user" }
      : {
          code: "AliasDrifted",
          text: `${path}: ${reason}; this release never wrote it, and leaves it`,
          trigger: "foreign-change",
        },
  );
  const rolledBack = (next: Release) => enter(tick, next, "ROLLED_BACK", { events: stuck, patch: { stragglers: [] } });
  const decision =
    touchedMembers(release).length === 0
      ? rolledBack(release)
      : runHooks(tick, release, "onRollback", {
          passed: (next, more) => withEvents(rolledBack(next), more),
          // Best effort: traffic is back even if the hook fails, and the next hook is still called.
          failed: (next, _cause, more) =>
            stay(tick, { ...next, hooksPassed: next.hooksPassed + 1 }, { events: more, wakeAt: tick.now }),
        });
  return { ...decision, requests: [] };
}

/** Puts earlier news in front of a decision's own. */
function withEvents(decision: Decision, earlier: Decision["events"]): Decision {
  return { ...decision, events: [...earlier, ...decision.events] };
}

function blocked(tick: Tick, release: Release, stragglers: readonly Straggler[], events: Decision["events"]): Decision {
  const text = `could not roll back ${stragglers.map(({ path, reason }) => `${path} (${reason})`).join("; ")}`;
  const cause: Cause = release.cause ?? { trigger: "user", text: "rollback requested" };
  return enter(tick, release, "ROLLBACK_BLOCKED", {
    events: [...events, { code: "AliasDrifted", text, trigger: "foreign-change" }],
    patch: { stragglers, cause },
    requests: [],
  });
}
