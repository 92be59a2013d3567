import { stableOf } from "./decide/members.ts";
import type { Release } from "./model.ts";
import { pendingPlans } from "./plan-records.ts";
import type { HistoryEntry, JournalDocument } from "./ports/journal-port.ts";

/** A finished release as the history keeps it. */
export function historyEntry(release: Release, finishedAt: number): HistoryEntry {
  const { commit, reason, resources = [] } = release.origin;
  return {
    id: release.id,
    kind: release.kind,
    state: release.state,
    createdAt: release.createdAt,
    finishedAt,
    actor: release.origin.actor,
    ...(commit === undefined ? {} : { commit }),
    templateDigest: release.origin.templateDigest,
    ...(reason === undefined ? {} : { reason }),
    ...(release.cause === undefined ? {} : { cause: release.cause }),
    ...(release.contracted === undefined ? {} : { contracted: release.contracted }),
    ...(resources.length === 0 ? {} : { resources }),
    members: release.members.map((member) => {
      const stable = stableOf(release, member.path);
      const { target, calls, path } = member;
      return { path, calls, ...(target === undefined ? {} : { target }), ...ends(release, member.next, stable) };
    }),
  };
}

/** What each alias was left serving by the newest release that had it. */
export function liveVersions(entries: readonly HistoryEntry[]): ReadonlyMap<string, string> {
  const live = new Map<string, string>();
  for (const { path, after } of entries.flatMap(({ members }) => members)) {
    if (after !== null && !live.has(path)) live.set(path, after);
  }
  return live;
}

/** A release that only changed other resources moved no traffic: there is nothing to go back from. */
export function isGoneBackFrom({ kind, state, members }: HistoryEntry): boolean {
  const hasMoved = members.some(({ before, after }) => before !== null && before !== after);
  return kind !== "rollback" && state !== "ROLLED_BACK" && hasMoved;
}

/** Whether the last release moved traffic and brought it back, and no deploy is planned since. */
export function isBroughtBack(document: JournalDocument): document is JournalDocument & { readonly release: Release } {
  const { release } = document;
  return release?.kind === "deploy" && release.state === "ROLLED_BACK" && pendingPlans(document).length === 0;
}

/**
 * The release that brought what has this digest, where it was rolled back and has not succeeded since: by itself, or by
 * the rollback that came next. Entries are newest first.
 */
export function findReverted(entries: readonly HistoryEntry[], templateDigest: string): HistoryEntry | undefined {
  const at = entries.findIndex((entry) => entry.kind === "deploy" && entry.templateDigest === templateDigest);
  const entry = entries[at];
  if (entry === undefined) return undefined;
  return entry.state === "ROLLED_BACK" || entries[at - 1]?.kind === "rollback" ? entry : undefined;
}

/** Whether a dev session published code since the last deploy that succeeded. */
export function isDevSince(history: readonly HistoryEntry[]): boolean {
  const sinceDeploy = history.findIndex(({ kind, state }) => kind === "deploy" && state === "SUCCEEDED");
  const later = sinceDeploy === -1 ? history : history.slice(0, sinceDeploy);
  return later.some(({ kind }) => kind === "dev");
}

/** The version of each alias that `rollback` without a name goes back to, by member path. */
export function previousVersions(
  release: Release,
  history: readonly HistoryEntry[],
  now: number,
): ReadonlyMap<string, string> {
  const isKnown = history.some(({ id }) => id === release.id);
  const entries = isKnown ? history : [historyEntry(release, now), ...history];
  const members = entries.find(isGoneBackFrom)?.members ?? [];
  return new Map(members.flatMap(({ path, before }) => (before === null ? [] : [[path, before] as const])));
}

function ends(release: Release, next: string | undefined, stable: string | null) {
  if (release.kind === "rollback") return { before: next ?? null, after: stable };
  return { before: stable, after: release.state === "ROLLED_BACK" ? stable : (next ?? stable) };
}
