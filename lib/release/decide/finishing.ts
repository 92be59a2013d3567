import type { NewEvent } from "../events.ts";
import type { DoomedVersions, Effect, Release } from "../model.ts";
import { planPruning } from "../prune.ts";
import { type Decision, type EffectOutcome, enter, stay, type Tick } from "./decision.ts";
import { mergeConcurrency, releasedNews, unreadNews, withoutDeleted } from "./left-versions.ts";
import { wishIgnored } from "./wishes.ts";

const MAX_FINALISE_ATTEMPTS = 3;
const RETRY_MS = 5_000;
/** How often the driver in the account takes such a release up again, at growing distances. */
export const MAX_FINALISE_ROUNDS = 6;
const FIRST_ROUND_MS = 60_000;

/** When the driver in the account tries again to have the stacks' pins follow; undefined where it leaves that to people. */
export function nextFinaliseAt({ finaliseRounds = 1, enteredAt }: Release): number | undefined {
  if (finaliseRounds >= MAX_FINALISE_ROUNDS) return undefined;
  return enteredAt + FIRST_ROUND_MS * 2 ** (finaliseRounds - 1);
}

/** FINALISING: the parameters follow the aliases. Traffic is right already, so a failure reverts nothing. */
export function decideFinalising(tick: Tick): Decision {
  const { release, observations, now, fence } = tick;
  const ignored = ignoreWishes(tick, "all traffic is on the new versions; `rollback` goes back");
  const attempt = release.effect?.kind === "finalise" ? release.effect.attempt : 0;
  const { deadline } = release;
  if (deadline !== undefined && now < deadline) {
    return stay(tick, release, { events: ignored, requests: [], wakeAt: deadline });
  }
  const ended = observations.effect;
  if (ended?.kind === "finalise" && ended.outcome.kind === "finalised") {
    const { removed = [] } = ended.outcome;
    const contracted = [...new Set([...(release.contracted ?? []), ...removed])];
    const event: NewEvent = { code: "Finalised", text: describeFinalised(removed), trigger: "policy" };
    const next = contracted.length === 0 ? release : { ...release, contracted };
    return enter(tick, next, "PRUNING", { events: [...ignored, event], requests: [] });
  }
  if (ended?.kind === "finalise" && ended.outcome.kind === "failed") {
    const { reason, refused } = ended.outcome;
    const event: NewEvent = { code: "FinaliseFailed", text: reason, trigger: "stage" };
    if (attempt >= MAX_FINALISE_ATTEMPTS || refused === true) {
      const cause = { trigger: "stage", text: reason } as const;
      // What a change set shows does not change by itself: a refused one is not tried again without a person.
      const finaliseRounds = refused === true ? MAX_FINALISE_ROUNDS : (release.finaliseRounds ?? 0) + 1;
      const patch = { finaliseRounds };
      return enter(tick, release, "FINALISE_PENDING", { events: [...ignored, event], cause, patch, requests: [] });
    }
    const wakeAt = now + RETRY_MS * 4 ** (attempt - 1);
    const effect = { kind: "finalise", attempt: attempt + 1, fence, at: now } as const;
    const waiting = { ...release, effect, deadline: wakeAt };
    return stay(tick, waiting, { events: [...ignored, event], requests: [], wakeAt });
  }
  return finalise(tick, { kind: "finalise", attempt: Math.max(1, attempt), fence, at: now }, ignored);
}

function describeFinalised(removed: readonly string[]): string {
  const text = "the stacks' parameters follow the aliases";
  return removed.length === 0 ? text : `${text}; what only older versions needed is gone: ${removed.join(", ")}`;
}

function finalise(tick: Tick, effect: Effect, events: readonly NewEvent[]): Decision {
  const event: NewEvent = {
    code: "FinaliseStarted",
    text: "change sets that move parameters and remove what the stage held back",
    trigger: "policy",
  };
  return stay(
    tick,
    { ...tick.release, effect, deadline: undefined },
    {
      events: [...events, event],
      command: { kind: "finalise" },
      requests: [],
    },
  );
}

/**
 * PRUNING: old versions go, except those that something may still need, and no version without traffic keeps provisioned
 * concurrency, except the one that `rollback` goes back to. Never fails a release.
 */
export function decidePruning(tick: Tick): Decision {
  const { release, observations, now, fence } = tick;
  const ended = observations.effect;
  const ignored = ignoreWishes(tick, "the release is over; `rollback` goes back");
  if (ended?.kind === "prune") {
    const events = [...ignored, ...releasedNews(ended.released), ...prunedNews(release, ended)];
    return enter(tick, withoutDeleted(release, ended.deleted), "SUCCEEDED", { events, requests: [] });
  }
  const plan = planPruning(release, observations);
  if (plan.kind === "later" && now - release.enteredAt < RETRY_MS * 3) {
    return stay(tick, release, { wakeAt: now + RETRY_MS, events: ignored, requests: [] });
  }
  if (plan.kind !== "prune") {
    const event: NewEvent = { code: "PruneSkipped", text: plan.reason, trigger: "policy" };
    return enter(tick, release, "SUCCEEDED", { events: [...ignored, event], requests: [] });
  }
  const events = [...ignored, ...plan.unread.map(({ path, reason }) => unreadNews(path, reason))];
  if (isEmpty(plan.doomed) && Object.keys(plan.idle).length === 0) {
    const event: NewEvent = { code: "PruneSkipped", text: "no version is old enough", trigger: "policy" };
    return enter(tick, release, "SUCCEEDED", { events: [...events, event], requests: [] });
  }
  const { doomed, idle } = plan;
  const effect = { kind: "prune", doomed, idle, fence, at: now } as const;
  const releasedConcurrency = mergeConcurrency(release.releasedConcurrency, idle);
  const recorded = { ...release, effect, releasedConcurrency };
  return stay(tick, recorded, { command: { kind: "prune", effect }, events, requests: [] });
}

function prunedNews(release: Release, ended: Extract<EffectOutcome, { kind: "prune" }>): NewEvent[] {
  const doomed = release.effect?.kind === "prune" ? release.effect.doomed : {};
  if (isEmpty(doomed)) return [];
  return [{ code: "VersionsPruned", text: describePruned(ended.deleted), trigger: "policy", evidence: ended }];
}

function ignoreWishes(tick: Tick, why: string): NewEvent[] {
  return tick.observations.requests.map((wish) => wishIgnored(wish, why));
}

function isEmpty(doomed: DoomedVersions): boolean {
  return Object.values(doomed).every((versions) => versions.length === 0);
}

function describePruned(deleted: Readonly<Record<string, readonly string[]>>): string {
  const parts = Object.entries(deleted).filter(([, versions]) => versions.length > 0);
  if (parts.length === 0) return "nothing was deleted";
  return parts.map(([path, versions]) => `${path}: ${versions.join(", ")}`).join("; ");
}
