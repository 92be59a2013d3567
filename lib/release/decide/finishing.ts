import type { NewEvent } from "../events.ts";
import type { DoomedVersions, Release } from "../model.ts";
import { planPruning } from "../prune.ts";
import { beginAftercare } from "./aftercare.ts";
import { type Decision, type EffectOutcome, enter, stay, type Tick } from "./decision.ts";
import { mergeConcurrency, releasedNews, unreadNews, withoutDeleted } from "./left-versions.ts";
import { deletionNews, withDeletedOld } from "../old-resources.ts";
import { restamp } from "./restamp.ts";
import { ignoreWishes } from "./wishes.ts";

const RETRY_MS = 5_000;

/**
 * PRUNING: old resources of replaced ones go where the driver may delete them. Old versions go, except those that something may still need, and no version without traffic keeps provisioned
 * concurrency, except the one that `rollback` goes back to. Never fails a release.
 */
export function decidePruning(tick: Tick): Decision {
  const { release, observations, now, fence } = tick;
  const ended = observations.effect;
  const ignored = ignoreWishes(tick, "the release is over; `rollback` goes back");
  if (release.restamped !== true) return restamp(tick, ignored);
  if (ended?.kind === "delete-old") {
    const known = withDeletedOld({ ...release, effect: undefined, oldResourcesTried: true }, ended.deleted, ended.left);
    const events = [...ignored, ...deletionNews(ended.deleted, ended.left)];
    return stay(tick, known, { events, requests: [], again: true });
  }
  if (release.oldResources !== undefined && release.oldResourcesTried !== true) {
    const effect = { kind: "delete-old", fence, at: now } as const;
    return stay(tick, { ...release, effect }, { command: { kind: "delete-old" }, events: ignored, requests: [] });
  }
  if (ended?.kind === "prune") {
    const events = [...ignored, ...releasedNews(ended.released), ...prunedNews(release, ended)];
    return succeed({ ...tick, release: withoutDeleted(release, ended.deleted) }, events);
  }
  const plan = planPruning(release, observations);
  if (plan.kind === "later" && now - release.enteredAt < RETRY_MS * 3) {
    return stay(tick, release, { wakeAt: now + RETRY_MS, events: ignored, requests: [] });
  }
  if (plan.kind !== "prune") {
    const event: NewEvent = { code: "PruneSkipped", text: plan.reason, trigger: "policy" };
    return succeed(tick, [...ignored, event]);
  }
  const events = [...ignored, ...plan.unread.map(({ path, reason }) => unreadNews(path, reason))];
  if (isEmpty(plan.doomed) && Object.keys(plan.idle).length === 0) {
    const event: NewEvent = { code: "PruneSkipped", text: "no version is old enough", trigger: "policy" };
    return succeed(tick, [...events, event]);
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

/** The watch that follows is left to the driver in the account: the release itself is over. */
function succeed(tick: Tick, events: readonly NewEvent[]): Decision {
  const watch = beginAftercare(tick.release, tick.now);
  if (watch === undefined) return enter(tick, tick.release, "SUCCEEDED", { events, requests: [] });
  const until = new Date(watch.until).toISOString();
  const text = `watched until ${until} by alarms, ceilings and the new versions' own failures`;
  const started: NewEvent = { code: "WatchStarted", text, trigger: "policy" };
  return enter(tick, tick.release, "SUCCEEDED", { events: [...events, started], patch: { watch }, requests: [] });
}

function isEmpty(doomed: DoomedVersions): boolean {
  return Object.values(doomed).every((versions) => versions.length === 0);
}

function describePruned(deleted: Readonly<Record<string, readonly string[]>>): string {
  const parts = Object.entries(deleted).filter(([, versions]) => versions.length > 0);
  if (parts.length === 0) return "nothing was deleted";
  return parts.map(([path, versions]) => `${path}: ${versions.join(", ")}`).join("; ");
}
