import { tryParseStamp, type AliasStamp } from "./alias-stamp.ts";
import type { AliasTarget, Member, Progress, Release } from "./model.ts";
import { newRelease, type ReleasePlan } from "./plan.ts";
import { historyEntry } from "./history.ts";
import type { HistoryEntry } from "./ports/journal-port.ts";
import type { AliasSnapshot, ReleasePorts } from "./ports/ports.ts";
import { shapeOf } from "./alias-shape.ts";

const ATTEMPTS = 5;
const RETRY_MS = 1_000;

/** What the aliases still tell when the journal is gone. */
export interface Rebuilt {
  /** Greater than any fence that an alias carries. */
  readonly nextFence: number;
  /** The last release: one that was cut short is to be rolled back. Absent where no alias carries a stamp. */
  readonly release?: Release;
  /** The same for the history, where it was finished: what a rollback goes back from. */
  readonly last?: HistoryEntry;
}

/** An alias with what the last write of ours left in its description. */
export interface Trace {
  readonly member: Member;
  readonly snapshot: AliasSnapshot;
  readonly stamp: AliasStamp | undefined;
}

/** Reads the stamps that every alias write leaves behind. Members without an alias are left out. */
export async function readTraces(
  members: readonly Member[],
  ports: Pick<ReleasePorts, "aliases" | "clock">,
): Promise<Trace[]> {
  const traces = await Promise.all(
    members.map(async (member): Promise<Trace[]> => {
      if (member.target === undefined) return [];
      const snapshot = await readPatiently(member.target, ports);
      if (snapshot === undefined) return [];
      return [{ member, snapshot, stamp: tryParseStamp(snapshot.description) }];
    }),
  );
  return traces.flat();
}

/** Without the journal, every alias must be read. */
async function readPatiently(
  target: AliasTarget,
  ports: Pick<ReleasePorts, "aliases" | "clock">,
): Promise<AliasSnapshot | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ports.aliases.get(target);
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await ports.clock.sleep(RETRY_MS * attempt);
    }
  }
}

/** What was under way, or what was finished last, by the stamps in the aliases. */
export function rebuild(plan: ReleasePlan, traces: readonly Trace[], now: number): Rebuilt {
  const nextFence = 1 + Math.max(0, ...traces.map(({ stamp }) => stamp?.fence ?? 0));
  const unfinished = traces.find(({ snapshot, stamp }) => stamp !== undefined && snapshot.additional !== undefined);
  const newest = newestStamp(traces);
  const id = unfinished?.stamp?.release ?? (isHalfPromoted(traces, newest) ? newest?.release : undefined);
  if (id !== undefined) return { nextFence, release: abortingRelease(plan, id, traces, now) };
  if (newest === undefined) return { nextFence };
  const release = finishedRelease(plan, newest.release, traces, now);
  return { nextFence, release, last: historyEntry(release, release.createdAt) };
}

function newestStamp(traces: readonly Trace[]): AliasStamp | undefined {
  return traces.flatMap(({ stamp }) => (stamp === undefined ? [] : [stamp])).toSorted((a, b) => b.fence - a.fence)[0];
}

/** A release of which some aliases are live and others still on a step. */
function isHalfPromoted(traces: readonly Trace[], newest: AliasStamp | undefined): boolean {
  const own = traces.filter(({ stamp }) => stamp !== undefined && stamp.release === newest?.release);
  return new Set(own.map(({ stamp }) => stamp?.step)).size > 1;
}

function abortingRelease(plan: ReleasePlan, id: string, traces: readonly Trace[], now: number): Release {
  const known = new Set(traces.map(({ member }) => member.path));
  const stable: Record<string, string> = {};
  const progress: Record<string, Progress> = {};
  for (const { member, snapshot, stamp } of traces) {
    const ours = stamp?.release === id;
    stable[member.path] = ours ? stamp.stable : snapshot.primary;
    progress[member.path] = { verified: shapeOf(snapshot), touched: ours, failures: 0 };
  }
  const members = plan.members.filter((member) => known.has(member.path));
  const cause = { trigger: "recovery", text: "the journal was lost while this release was under way" } as const;
  return { ...newRelease({ ...plan, members, hooks: [] }, id, now), state: "ABORTING", stable, progress, cause };
}

/** Aliases that the release did not write are as they were before it. */
function finishedRelease(plan: ReleasePlan, id: string, traces: readonly Trace[], now: number): Release {
  const own = traces.filter(({ stamp }) => stamp?.release === id);
  const live = new Map(traces.map(({ member, snapshot }) => [member.path, snapshot.primary]));
  const release = abortingRelease(plan, id, traces, timeOf(id) ?? now);
  return {
    ...release,
    state: own.every(({ stamp }) => stamp?.step === "stable") ? "ROLLED_BACK" : "SUCCEEDED",
    members: release.members.map((member) => ({ ...member, next: live.get(member.path) })),
    cause: { trigger: "recovery", text: "the journal was lost after this release was finished" },
    tickedAt: now,
  };
}

/** When a release was started, by its id; undefined for ids of another form. */
function timeOf(id: string): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(id);
  if (found === null) return undefined;
  const [year = 0, month = 1, ...others] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...others);
}
