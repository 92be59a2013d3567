import type { NewEvent } from "../events.ts";
import { describeShape, isSameShape } from "../alias-shape.ts";
import type { Cause, Effect, Progress, Release, Straggler } from "../model.ts";
import type { FinaliseOutcome } from "../ports/stack-port.ts";
import { type Convergence, converge } from "./converge.ts";
import { type Decision, enter, stay, type Tick } from "./decision.ts";
import { movingMembers, promotedShape, promotedMembers, stableOf } from "./members.ts";
import { areStacksMoving, withoutStackMoves, withStacksMoving } from "./pins.ts";
import { ignoreWishes } from "./wishes.ts";

const MAX_FINALISE_ATTEMPTS = 3;
const RETRY_MS = 5_000;
const STACKS_LOOK_MS = 5_000;
/** How often the driver in the account takes such a release up again, at growing distances. */
export const MAX_FINALISE_ROUNDS = 6;
const FIRST_ROUND_MS = 60_000;

/** When the driver in the account retries to have the stacks' pins follow; undefined where it leaves that to people. */
export function nextFinaliseAt({ finaliseRounds = 1, enteredAt }: Release): number | undefined {
  if (finaliseRounds >= MAX_FINALISE_ROUNDS) return undefined;
  return enteredAt + FIRST_ROUND_MS * 2 ** (finaliseRounds - 1);
}

type Attempt = Extract<Effect, { kind: "finalise" }>;

/**
 * FINALISING: the parameters follow the aliases. All traffic is on the new versions by now. CloudFormation puts the
 * versions before the release back when it rolls such an update back, so after an attempt that failed, or whose end is
 * not known, the stacks are waited for and every alias is brought back to its new version before anything else.
 */
export function decideFinalising(tick: Tick): Decision {
  const { observations } = tick;
  const ignored = ignoreWishes(tick, "all traffic is on the new versions; `rollback` goes back");
  const ended = observations.effect;
  if (ended?.kind === "finalise" && ended.outcome.kind === "finalised") return finalised(tick, ended.outcome, ignored);
  if (ended?.kind === "finalise" && ended.outcome.kind === "failed") return failed(tick, ended.outcome, ignored);
  return putBack(tick, ignored, (release, events) => goOn({ ...tick, release }, events));
}

function finalised(
  tick: Tick,
  { removed = [] }: Extract<FinaliseOutcome, { kind: "finalised" }>,
  ignored: readonly NewEvent[],
): Decision {
  const { release } = tick;
  const contracted = [...new Set([...(release.contracted ?? []), ...removed])];
  const event: NewEvent = { code: "Finalised", text: describeFinalised(removed), trigger: "policy" };
  const next = contracted.length === 0 ? release : { ...release, contracted };
  const { moved, isKnown } = lookAfter(tick);
  if (moved.length > 0) return movedMeanwhile(tick, next, moved, [...ignored, event]);
  // The stacks have their pins: another attempt changes nothing, and looks again.
  if (!isKnown)
    return putBack({ ...tick, release: next }, [...ignored, event], (known, events) =>
      goOn({ ...tick, release: known }, events),
    );
  const patch = { stacksQuietBy: undefined, finaliseFailure: undefined };
  return enter(tick, next, "PRUNING", { events: [...ignored, event], patch, requests: [] });
}

/** Which aliases do not serve the version that the release promoted, now that the stacks are updated. */
function lookAfter({ release, observations }: Tick): {
  readonly moved: readonly Straggler[];
  readonly isKnown: boolean;
} {
  const seen = promotedMembers(release)
    .filter(({ path }) => release.drifted?.includes(path) !== true)
    .map((member) => ({ member, alias: observations.aliases.get(member.path) }));
  const isKnown = seen.every(
    ({ alias }) => alias?.kind === "missing" || (alias?.kind === "seen" && !alias.transitioning),
  );
  const moved = seen.flatMap(({ member, alias }) => {
    if (alias?.kind !== "seen" || alias.transitioning) return [];
    const goal = promotedShape(release, member);
    if (isSameShape(alias.snapshot, goal)) return [];
    const reason = `serves ${describeShape(alias.snapshot)}, where this release left ${describeShape(goal)}`;
    return [{ path: member.path, reason }];
  });
  return { moved, isKnown };
}

/**
 * Another caller moved an alias while the stacks were updated. It stays where it is, and the release is not over before
 * a person has seen it: what the older version needs may be gone with the update.
 */
function movedMeanwhile(
  tick: Tick,
  release: Release,
  moved: readonly Straggler[],
  events: readonly NewEvent[],
): Decision {
  const text = `another caller moved aliases while the stacks were updated: ${moved.map(({ path, reason }) => `${path} ${reason}`).join("; ")}`;
  const drifted = [...new Set([...(release.drifted ?? []), ...moved.map(({ path }) => path)])];
  return enter(tick, { ...release, drifted }, "FINALISE_PENDING", {
    events: [...events, { code: "AliasDrifted", text, trigger: "foreign-change" }],
    cause: { trigger: "foreign-change", text },
    patch: { finaliseRounds: MAX_FINALISE_ROUNDS, stacksQuietBy: undefined, finaliseFailure: undefined },
    requests: [],
  });
}

function describeFinalised(removed: readonly string[]): string {
  const text = "the stacks' parameters follow the aliases";
  return removed.length === 0 ? text : `${text}; what only older versions needed is gone: ${removed.join(", ")}`;
}

/** An attempt failed. A change set that was refused changed nothing; after all others the aliases are looked at first. */
function failed(
  tick: Tick,
  { reason, refused, untouched }: Extract<FinaliseOutcome, { kind: "failed" }>,
  ignored: readonly NewEvent[],
): Decision {
  const { release, now, fence } = tick;
  const event: NewEvent = { code: "FinaliseFailed", text: reason, trigger: "stage" };
  const events = [...ignored, event];
  // What a change set shows does not change by itself: a refused one is not tried again without a person.
  if (refused === true)
    return rest(tick, withoutStackMoves(release), { reason, finaliseRounds: MAX_FINALISE_ROUNDS, events });
  const { attempt } = attemptOf(tick);
  const next: Attempt = { kind: "finalise", attempt: attempt + 1, fence, at: now };
  if (untouched === true) {
    const effect: Attempt = { ...next, untouched };
    return stay(tick, { ...release, effect, finaliseFailure: reason }, { events, requests: [], wakeAt: now });
  }
  const deadline = now + RETRY_MS * 4 ** (attempt - 1);
  const moving = { ...withStacksMoving(release, now), effect: next, deadline, finaliseFailure: reason };
  return stay(tick, moving, { events, requests: [], wakeAt: now });
}

function attemptOf({ release, fence, now }: Tick): Attempt {
  if (release.effect?.kind === "finalise") return release.effect;
  return { kind: "finalise", attempt: 1, fence, at: now };
}

/** Waits for stacks that may still move an alias, moves every alias to its new version, then continues. */
function putBack(
  tick: Tick,
  events: readonly NewEvent[],
  done: (release: Release, events: readonly NewEvent[]) => Decision,
): Decision {
  const { now } = tick;
  const release = withPossibleMoves(tick);
  if (release.stacksQuietBy !== undefined && now < release.stacksQuietBy && areStacksMoving(tick)) {
    return stay(tick, release, { events, requests: [], wakeAt: now + STACKS_LOOK_MS });
  }
  const convergence = convergeExpected({ ...tick, release });
  const told = [...events, ...convergence.events];
  if (!convergence.settled) {
    const { command, wakeAt } = convergence;
    const next = command === undefined ? { wakeAt } : { command };
    return stay(tick, convergence.release, { events: told, requests: [], ...next });
  }
  if (convergence.unreachable.length > 0) {
    const reason = convergence.unreachable.map(({ path, reason }) => `${path} could not be read: ${reason}`).join("; ");
    const finaliseRounds = (release.finaliseRounds ?? 0) + 1;
    return rest(tick, convergence.release, { reason, finaliseRounds, events: told });
  }
  const drifted = convergence.foreign.map(({ path }) => path);
  if (drifted.every((path) => tick.release.drifted?.includes(path) === true)) return done(convergence.release, told);
  const text = convergence.foreign.map(({ path, reason }) => `${path}: ${reason}; its pin is left as it is`).join("; ");
  const event: NewEvent = { code: "AliasDrifted", text, trigger: "foreign-change" };
  return done({ ...convergence.release, drifted }, [...told, event]);
}

/** After an attempt whose end is not known to be good, the versions before the release may be back by the stacks. */
function withPossibleMoves(tick: Tick): Release {
  const { release, now } = tick;
  if (release.effect === undefined) return release;
  if (release.effect.kind === "finalise" && release.effect.untouched === true) return release;
  const known = release.stacksQuietBy === undefined ? withStacksMoving(release, now) : release;
  const moves = movingMembers(release).map((member): [string, Progress] => {
    const progress = release.progress[member.path] ?? { touched: false, failures: 0 };
    const stable = stableOf(release, member.path);
    return [member.path, stable === null ? progress : { ...progress, byStacks: { primary: stable } }];
  });
  return { ...known, progress: { ...release.progress, ...Object.fromEntries(moves) } };
}

/** As `converge`; an alias that was moved outside this release is left alone, and does not block the others. */
function convergeExpected(tick: Tick): Convergence {
  const order = { goalOf: promotedShape, step: "live", direction: "callees-first" } as const;
  const members = promotedMembers(tick.release);
  const first = converge(tick, { ...order, members });
  const foreign = new Set(first.foreign.map(({ path }) => path));
  if (foreign.size === 0) return first;
  const others = converge(tick, { ...order, members: members.filter(({ path }) => !foreign.has(path)) });
  return { ...others, foreign: first.foreign };
}

/** With every alias in place: the next attempt, or FINALISE_PENDING where there were enough. */
function goOn(tick: Tick, ignored: readonly NewEvent[]): Decision {
  const { release, now } = tick;
  const { untouched: _before, ...effect } = attemptOf(tick);
  if (effect.attempt > MAX_FINALISE_ATTEMPTS) {
    const reason = release.finaliseFailure ?? "the stacks did not take their pins";
    return rest(tick, withoutStackMoves(release), {
      reason,
      finaliseRounds: (release.finaliseRounds ?? 0) + 1,
      events: ignored,
    });
  }
  const { deadline } = release;
  if (deadline !== undefined && now < deadline) {
    return stay(tick, release, { events: ignored, requests: [], wakeAt: deadline });
  }
  const event: NewEvent = {
    code: "FinaliseStarted",
    text: "change sets that move parameters and remove what the stage held back",
    trigger: "policy",
  };
  const next = { ...release, effect, deadline: undefined, stacksQuietBy: undefined };
  return stay(tick, next, { events: [...ignored, event], command: { kind: "finalise" }, requests: [] });
}

interface Rest {
  readonly reason: string;
  readonly finaliseRounds: number;
  readonly events: readonly NewEvent[];
}

function rest(tick: Tick, release: Release, { reason, finaliseRounds, events }: Rest): Decision {
  const cause: Cause = { trigger: "stage", text: reason };
  const patch = { finaliseRounds, stacksQuietBy: undefined, finaliseFailure: undefined };
  return enter(tick, release, "FINALISE_PENDING", { events, cause, patch, requests: [] });
}
