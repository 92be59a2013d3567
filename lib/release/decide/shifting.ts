import { METRICS_LAG_MS } from "../analysis/judge-evidence.ts";
import type { NewEvent } from "../events.ts";
import type { Cause, Member, Release } from "../model.ts";
import { type Convergence, converge } from "./converge.ts";
import { abort, type Decision, enter, stay, type Tick } from "./decision.ts";
import { runHooks } from "./hooks.ts";
import { judge } from "./judge.ts";
import { movingMembers, promotedShape, steppedMembers, steppedShape } from "./members.ts";
import { watch } from "./watching.ts";
import { wishFor, wishTaken } from "./wishes.ts";

/** SHIFTING: every member reaches the step's weight before any continues; then the weight is watched. */
export function decideShifting(tick: Tick): Decision {
  const wanted = tryAbort(tick);
  if (wanted !== undefined) return wanted;
  const members = steppedMembers(tick.release);
  const order = { members, goalOf: steppedShape, step: String(tick.release.step), direction: "callees-first" } as const;
  const convergence = isUnread(tick) ? unread(tick) : converge(tick, order);
  return (
    tryGiveUp(tick, convergence) ??
    tryMove(tick, convergence, members) ??
    tryReadFirst(tick) ??
    tryVerify(tick, convergence) ??
    watch(
      tick,
      convergence.release,
      {
        state: "SHIFTING",
        members,
        done: (release, events) => afterStep(tick, release, events),
        skip: (release, events) => enter(tick, release, "PROMOTING", { events }),
      },
      convergence.events,
    )
  );
}

/** The watch begins when every alias was seen at the step's weight; its figures are read from the next tick on. */
function tryVerify(tick: Tick, { release, events }: Convergence): Decision | undefined {
  if (release.verifiedAt !== undefined) return undefined;
  const watched = verified(tick, release, stepBakeMs(tick.release));
  return stay(tick, watched, { events: [...events, ...verifiedNews(tick)], wakeAt: tick.now });
}

/** PROMOTING: one call for each alias puts all traffic on the new version. */
export function decidePromoting(tick: Tick): Decision {
  const wanted = tryAbort(tick);
  if (wanted !== undefined) return wanted;
  const members = movingMembers(tick.release);
  const order = { members, goalOf: promotedShape, step: "live", direction: "callees-first" } as const;
  const convergence = converge(tick, order);
  const stopped = tryGiveUp(tick, convergence) ?? tryMove(tick, convergence, members);
  if (stopped !== undefined) return stopped;
  if (tick.release.policy.finalBakeMs === 0)
    return enter(tick, convergence.release, "POST_HOOKS", { events: convergence.events });
  const release = verified(tick, convergence.release, bakeMs(tick.release));
  const { verifiedAt, deadline } = release;
  return enter(tick, release, "BAKING", { events: convergence.events, patch: { verifiedAt, deadline } });
}

/** BAKING: all traffic is on the new versions and watched; going back is one call for each alias. */
export function decideBaking(tick: Tick): Decision {
  const wanted = tryAbort(tick);
  if (wanted !== undefined) return wanted;
  const members = movingMembers(tick.release);
  const order = { members, goalOf: promotedShape, step: "live", direction: "callees-first" } as const;
  const convergence = isUnread(tick) ? unread(tick) : converge(tick, order);
  const next = (release: Release, events: readonly NewEvent[]) => enter(tick, release, "POST_HOOKS", { events });
  return (
    tryGiveUp(tick, convergence) ??
    tryMove(tick, convergence, members) ??
    tryReadFirst(tick) ??
    watch(tick, convergence.release, { state: "BAKING", members, done: next, skip: next }, convergence.events)
  );
}

/** POST_HOOKS: the last word before the release counts as good. */
export function decidePostHooks(tick: Tick): Decision {
  const wanted = tryAbort(tick);
  if (wanted !== undefined) return wanted;
  return runHooks(tick, tick.release, "postTraffic", {
    passed: (release, events) => enter(tick, release, "FINALISING", { events }),
    failed: (release, cause, events) => abort(tick, release, cause, events),
  });
}

function tryAbort(tick: Tick): Decision | undefined {
  const wish = wishFor(tick, "abort");
  if (wish === undefined) return undefined;
  const event = wishTaken(wish);
  return abort(tick, tick.release, { trigger: "user", text: event.text }, [event]);
}

/** Between two looks at the aliases only the gates are watched. */
function isUnread({ release, observations }: Tick): boolean {
  return release.verifiedAt !== undefined && observations.aliases.size === 0;
}

function unread({ release }: Tick): Convergence {
  return { release, events: [], settled: true, foreign: [], unreachable: [] };
}

/** Nothing moves before the aliases were seen in place. */
function tryReadFirst(tick: Tick): Decision | undefined {
  const { deadline = 0 } = tick.release;
  return isUnread(tick) && tick.now >= deadline ? stay(tick, tick.release, { wakeAt: tick.now }) : undefined;
}

function tryGiveUp(tick: Tick, convergence: Convergence): Decision | undefined {
  const { foreign, unreachable, release, events } = convergence;
  if (foreign.length > 0) {
    const text = foreign.map(({ path, reason }) => `${path}: ${reason}`).join("; ");
    const drift: NewEvent = { code: "AliasDrifted", text, trigger: "foreign-change" };
    return abort(tick, release, { trigger: "foreign-change", text }, [...events, drift]);
  }
  if (unreachable.length === 0) return undefined;
  const text = unreachable.map(({ path, reason }) => `${path} could not be moved: ${reason}`).join("; ");
  return abort(tick, release, { trigger: "timeout", text }, events);
}

/** Writes what is left to write; red alarms stop it at once. */
function tryMove(tick: Tick, convergence: Convergence, members: readonly Member[]): Decision | undefined {
  if (convergence.settled) return undefined;
  const { release, events, command, wakeAt } = convergence;
  const verdict = judge({ ...tick, release: { ...tick.release, verifiedAt: undefined } }, members);
  if (verdict.outcome === "FAIL") {
    const cause: Cause = { trigger: verdict.trigger, text: verdict.reasons.join("; ") };
    return abort(tick, { ...tick.release, verdict }, cause);
  }
  return stay(tick, release, {
    events,
    ...(command === undefined ? {} : { command }),
    ...(wakeAt === undefined ? {} : { wakeAt }),
  });
}

/** Deadlines start when every alias was seen in place, and never before. */
function verified(tick: Tick, release: Release, bakeMs: number): Release {
  if (release.verifiedAt !== undefined) return release;
  return { ...release, verifiedAt: tick.now, shiftedAt: release.shiftedAt ?? tick.now, deadline: tick.now + bakeMs };
}

function verifiedNews(tick: Tick): NewEvent[] {
  const { release } = tick;
  const { percent } = release.policy.steps[release.step]!;
  const text = `step ${release.step + 1} of ${release.policy.steps.length}: every alias has ${percent} % on the new version`;
  return [{ code: "StepVerified", text, trigger: "policy" }];
}

function afterStep(tick: Tick, release: Release, events: readonly NewEvent[]): Decision {
  return runHooks(tick, release, "perStep", {
    passed: (next, more) => nextStep(tick, next, [...events, ...more]),
    failed: (next, cause, more) => abort(tick, next, cause, [...events, ...more]),
  });
}

function nextStep(tick: Tick, release: Release, events: readonly NewEvent[]): Decision {
  const step = release.step + 1;
  if (step >= release.policy.steps.length) return enter(tick, release, "PROMOTING", { events });
  return enter(tick, release, "SHIFTING", { events, patch: { step, verdict: undefined } });
}

function stepBakeMs(release: Release): number {
  return release.policy.steps[release.step]!.bakeMs;
}

/** Metrics are stamped with the start of a call and come late: a judged bake waits for the last ones. */
function bakeMs(release: Release): number {
  const { policy, analysis, members } = release;
  if (analysis === undefined) return policy.finalBakeMs;
  const lateMs = policy.lateFiguresMs ?? Math.max(0, ...members.map(({ timeoutMs = 0 }) => timeoutMs)) + METRICS_LAG_MS;
  return policy.finalBakeMs + lateMs;
}
