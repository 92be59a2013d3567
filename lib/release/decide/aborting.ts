import type { Cause, Release, Straggler } from "../model.ts";
import { converge } from "./converge.ts";
import { type Decision, enter, stay, type Tick } from "./decision.ts";
import { runHooks } from "./hooks.ts";
import { restoredShape, touchedMembers } from "./members.ts";

const STACKS_LOOK_MS = 5_000;

/**
 * ABORTING: every alias that was ever to be written goes back to its stable version, callers first. Needs nothing but
 * the recorded versions and the aliases. Goes on past failures; what cannot be brought back is listed.
 */
export function decideAborting(tick: Tick): Decision {
  const members = touchedMembers(tick.release);
  const order = { members, goalOf: restoredShape, step: "stable", direction: "callers-first" } as const;
  const convergence = converge(tick, order);
  const { release, events, command, wakeAt } = convergence;
  if (!convergence.settled) {
    return stay(tick, release, {
      events,
      requests: [],
      ...(command === undefined ? {} : { command }),
      ...(wakeAt === undefined ? {} : { wakeAt }),
    });
  }
  const stragglers = [...convergence.foreign, ...convergence.unreachable];
  if (stragglers.length > 0) return blocked(tick, release, stragglers, events);
  if (areStacksMoving(tick)) return stay(tick, release, { events, requests: [], wakeAt: tick.now + STACKS_LOOK_MS });
  const finish = (next: Release) => enter(tick, next, "ROLLED_BACK", { patch: { stragglers: [] } });
  const decision =
    members.length === 0
      ? finish(release)
      : runHooks(tick, release, "onRollback", {
          passed: (next, more) => withEvents(finish(next), more),
          // Best effort: traffic is back whatever the hook says, and the next hook is still called.
          failed: (next, _cause, more) =>
            stay(tick, { ...next, hooksPassed: next.hooksPassed + 1 }, { events: more, wakeAt: tick.now }),
        });
  return { ...withEvents(decision, events), requests: [] };
}

/** Stacks that cannot be asked hold nothing up: a rollback needs only the aliases. */
function areStacksMoving({ release, observations, now }: Tick): boolean {
  if (release.stacksQuietBy === undefined || now >= release.stacksQuietBy) return false;
  const { stackStatuses } = observations;
  if (stackStatuses?.kind !== "read") return false;
  return [...stackStatuses.value.values()].some((status) => status.endsWith("_IN_PROGRESS"));
}

/** Puts earlier news in front of a decision's own. */
function withEvents(decision: Decision, earlier: Decision["events"]): Decision {
  return { ...decision, events: [...earlier, ...decision.events] };
}

function blocked(tick: Tick, release: Release, stragglers: readonly Straggler[], events: Decision["events"]): Decision {
  const text = `could not bring back ${stragglers.map(({ path, reason }) => `${path} (${reason})`).join("; ")}`;
  const cause: Cause = release.cause ?? { trigger: "user", text: "rollback asked for" };
  return enter(tick, release, "ROLLBACK_BLOCKED", {
    events: [...events, { code: "AliasDrifted", text, trigger: "foreign-change" }],
    patch: { stragglers, cause },
    requests: [],
  });
}
