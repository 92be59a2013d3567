import type { NewEvent } from "../events.ts";
import type { Concurrency, Member, Release } from "../model.ts";
import { type Decision, stay, type Tick } from "./decision.ts";
import { movingMembers } from "./members.ts";

/** Functions whose traffic leaves a version when the release is rolled back. */
export function leftMembers(release: Release): readonly Member[] {
  return movingMembers(release).filter(
    ({ kind, path, target }) => kind === "function" && target !== undefined && release.letGo?.includes(path) !== true,
  );
}

/**
 * Takes the provisioned concurrency from the versions that a rollback left, once every alias is back: it is paid for and
 * serves nothing. Tried once; what it took is recorded before.
 */
export function releaseLeft(tick: Tick, release: Release): Decision | undefined {
  const { observations, now, fence } = tick;
  const members = leftMembers(release);
  if (release.leftConcurrency === "released" || members.length === 0) return undefined;
  const done = { ...release, leftConcurrency: "released", effect: undefined } as const;
  if (observations.effect?.kind === "prune") {
    return stay(tick, done, { events: releasedNews(observations.effect.released), requests: [], wakeAt: now });
  }
  const asked = { ...release, leftConcurrency: "asked" } as const;
  if (observations.idle === undefined) return stay(tick, asked, { requests: [], wakeAt: now });
  const events: NewEvent[] = [];
  const idle: Record<string, Record<string, number>> = {};
  for (const { path, next } of members) {
    const seen = observations.idle.get(path) ?? { kind: "unreadable", reason: "not read" };
    if (seen.kind === "unreadable") events.push(unreadNews(path, seen.reason));
    const amount = seen.kind === "read" ? seen.value.get(next!) : undefined;
    if (amount !== undefined) idle[path] = { [next!]: amount };
  }
  if (Object.keys(idle).length === 0) return stay(tick, done, { events, requests: [], wakeAt: now });
  const effect = { kind: "prune", doomed: {}, idle, fence, at: now } as const;
  const recorded = { ...asked, effect, releasedConcurrency: mergeConcurrency(release.releasedConcurrency, idle) };
  return stay(tick, recorded, { events, command: { kind: "prune", effect }, requests: [] });
}

/** What was known, and what is new. */
export function mergeConcurrency(known: Concurrency | undefined, more: Concurrency): Concurrency {
  const merged: Record<string, Readonly<Record<string, number>>> = { ...known };
  for (const [path, amounts] of Object.entries(more)) merged[path] = { ...merged[path], ...amounts };
  return merged;
}

/** The record without versions that are gone. */
export function withoutDeleted(release: Release, deleted: Readonly<Record<string, readonly string[]>>): Release {
  if (release.releasedConcurrency === undefined) return release;
  const kept = Object.entries(release.releasedConcurrency).flatMap(([path, amounts]) => {
    const left = Object.entries(amounts).filter(([version]) => deleted[path]?.includes(version) !== true);
    return left.length === 0 ? [] : [[path, Object.fromEntries(left)] as const];
  });
  return { ...release, releasedConcurrency: Object.fromEntries(kept) };
}

/** Says what was taken; nothing where nothing was. */
export function releasedNews(released: Concurrency): NewEvent[] {
  const parts = Object.entries(released).flatMap(([path, amounts]) =>
    Object.entries(amounts).map(([version, amount]) => `${path}: ${amount} from version ${version}`),
  );
  if (parts.length === 0) return [];
  const text = `provisioned concurrency that served no traffic is released: ${parts.join(", ")}`;
  return [{ code: "ConcurrencyReleased", text, trigger: "policy", evidence: released }];
}

/** Says that nothing was taken, as it could not be seen. */
export function unreadNews(path: string, reason: string): NewEvent {
  const text = `${path}: the provisioned concurrency of its versions cannot be read, and stays: ${reason}`;
  return { code: "PruneSkipped", text, trigger: "policy" };
}
