import { recoveredAlarms } from "../analysis/judge-alarms.ts";
import type { NewEvent } from "../events.ts";
import type { Cause, Member, Pause, Release, Verdict } from "../model.ts";
import { abort, type Decision, enter, stay, type Tick } from "./decision.ts";
import { judge } from "./judge.ts";
import { wishFor, wishIgnored, without, wishTaken } from "./wishes.ts";

const LOOK_MS = 15_000;
const LOOK_MS_PER_MEMBER = 400;
/** Without an analysis policy: how long a step may wait for missing evidence. */
const DEFAULT_MAX_WAIT_MS = 30 * 60_000;

/** What follows a watched state. */
export interface Watch {
  readonly state: Pause["from"];
  readonly members: readonly Member[];
  /** The gates were passed, or the user or the policy did without. */
  readonly done: (release: Release, events: readonly NewEvent[]) => Decision;
  /** The user requested to skip the rest of the waiting. */
  readonly skip: (release: Release, events: readonly NewEvent[]) => Decision;
}

/** Watches the traffic at this state's weights, until the deadline and its evidence. */
export function watch(asked: Tick, before: Release, seen: Watch, news: readonly NewEvent[] = []): Decision {
  const { tick, ignored } = ignoreResume(asked);
  const verdict = judge({ ...tick, release: before }, seen.members);
  const recovered = recoveredAlarms(before, tick.observations.alarms);
  const release: Release = { ...before, verdict, recoveredAlarms: recovered };
  // The observation in which the weights are first seen in place reads no metrics yet: its verdict is not worth
  // reporting.
  const looked = before.analysis === undefined || tick.observations.metrics !== undefined;
  const events = [...news, ...ignored, ...(looked ? changedVerdict(tick, before, verdict) : [])];
  if (verdict.outcome === "FAIL") return abort(tick, release, causeOf(verdict), events);
  const promote = wishFor(tick, "promote");
  if (promote !== undefined) {
    const decision = seen.skip(release, [...events, wishTaken(promote)]);
    return { ...decision, requests: without(tick, promote) };
  }
  const pause = wishFor(tick, "pause");
  if (pause !== undefined) {
    const cause: Cause = { trigger: "user", text: wishTaken(pause).text };
    return { ...rest(tick, release, seen.state, cause, [...events, wishTaken(pause)]), requests: without(tick, pause) };
  }
  const gap = unattendedGap(tick);
  if (gap !== undefined) return rest(tick, release, seen.state, gap, events);
  if (tick.now < release.deadline!) return waitOn(tick, release, release.deadline!, events);
  if (verdict.outcome === "PASS") return seen.done(release, events);
  return withoutEvidence(tick, release, seen, verdict, events);
}

/** A request to resume a release that is not paused must not end a later pause. */
function ignoreResume(tick: Tick): { readonly tick: Tick; readonly ignored: readonly NewEvent[] } {
  const wish = wishFor(tick, "resume");
  if (wish === undefined) return { tick, ignored: [] };
  const observations = { ...tick.observations, requests: without(tick, wish) };
  return { tick: { ...tick, observations }, ignored: [wishIgnored(wish, "the release is not paused")] };
}

/** PAUSED: traffic stays where it is; a gate that fails still gives the release up. */
export function decidePaused(tick: Tick, members: readonly Member[]): Decision {
  const { release } = tick;
  const { from } = release.pause!;
  const verdict = judge(tick, members);
  const judged: Release = { ...release, verdict };
  if (verdict.outcome === "FAIL") return abort(tick, judged, causeOf(verdict), changedVerdict(tick, release, verdict));
  const wish = wishFor(tick, "promote") ?? wishFor(tick, "resume");
  if (wish === undefined) return stayPaused(tick, judged);
  const { verifiedAt, deadline, hooksPassed } = release;
  const waited = deadline === undefined ? undefined : Math.max(deadline, tick.now);
  const requests = wish.verb === "promote" ? tick.observations.requests : without(tick, wish);
  return enter(tick, judged, from, {
    events: [wishTaken(wish)],
    patch: {
      pause: undefined,
      verifiedAt,
      deadline: waited,
      hooksPassed,
      cause: undefined,
      tickedAt: tick.now,
      unattendedMs: undefined,
    },
    requests,
  });
}

function stayPaused(tick: Tick, release: Release): Decision {
  const again = wishFor(tick, "pause");
  const wakeAt = tick.now + lookMs(release);
  if (again === undefined) return stay(tick, release, { wakeAt });
  return stay(tick, release, {
    wakeAt,
    events: [wishIgnored(again, "the release is paused already")],
    requests: without(tick, again),
  });
}

function withoutEvidence(
  tick: Tick,
  release: Release,
  seen: Watch,
  verdict: Verdict,
  events: readonly NewEvent[],
): Decision {
  const last = release.deadline! + (release.analysis?.maxWaitMs ?? DEFAULT_MAX_WAIT_MS);
  if (tick.now < last) {
    const text = `waiting for evidence: ${verdict.reasons.join("; ")}`;
    const first = tick.release.verdict?.outcome === verdict.outcome && tick.release.tickedAt >= release.deadline!;
    const extended: NewEvent[] = first ? [] : [{ code: "StepExtended", text, trigger: verdict.trigger }];
    return waitOn(tick, release, last, [...events, ...extended]);
  }
  const cause: Cause = { trigger: verdict.trigger, text: `no verdict: ${verdict.reasons.join("; ")}` };
  const fewCalls = verdict.outcome === "INCONCLUSIVE" && verdict.trigger === "analysis";
  switch (release.analysis?.onInconclusive ?? "pause") {
    case "rollback":
      return abort(tick, release, cause, events);
    case "promote":
      // A gate that is missing or could not be read never passes.
      return fewCalls ? seen.done(release, events) : rest(tick, release, seen.state, cause, events);
    case "pause":
      return rest(tick, release, seen.state, cause, events);
  }
}

function rest(tick: Tick, release: Release, from: Pause["from"], cause: Cause, events: readonly NewEvent[]): Decision {
  const { verifiedAt, deadline, hooksPassed } = release;
  return enter(tick, release, "PAUSED", {
    cause,
    events: [...events, { code: "Paused", text: cause.text, trigger: cause.trigger }],
    patch: { pause: { from, cause, at: tick.now }, verifiedAt, deadline, hooksPassed, unattendedMs: undefined },
  });
}

function unattendedGap(tick: Tick): Cause | undefined {
  const gapMs = Math.max(tick.now - tick.release.tickedAt, tick.release.unattendedMs ?? 0);
  if (gapMs <= tick.release.maxUnattendedMs) return undefined;
  const minutes = Math.round(gapMs / 60_000);
  return { trigger: "recovery", text: `no driver observed the release for ${minutes} minutes` };
}

function waitOn(tick: Tick, release: Release, until: number, events: readonly NewEvent[]): Decision {
  return stay(tick, release, { events, wakeAt: Math.min(until, tick.now + lookMs(release)) });
}

function lookMs(release: Release): number {
  return Math.max(LOOK_MS, release.members.length * LOOK_MS_PER_MEMBER);
}

function causeOf(verdict: Verdict): Cause {
  return { trigger: verdict.trigger, text: verdict.reasons.join("; ") };
}

/** Missing evidence is reported only when the time for it is over. */
function changedVerdict(tick: Tick, release: Release, verdict: Verdict): NewEvent[] {
  if (release.verdict?.outcome === verdict.outcome) return [];
  if (verdict.outcome === "INCONCLUSIVE" && tick.now < (release.deadline ?? 0)) return [];
  const text = `${verdict.outcome}: ${verdict.reasons.join("; ")}`;
  return [{ code: "StepJudged", text, trigger: verdict.trigger, evidence: verdict.evidence }];
}
