import { tryParseStamp, type AliasStamp } from "./alias-stamp.ts";
import type { AliasTarget, Member, Progress, Release } from "./model.ts";
import { newRelease, type ReleasePlan } from "./plan.ts";
import type { AliasSnapshot, ReleasePorts } from "./ports/ports.ts";
import { shapeOf } from "./alias-shape.ts";

const ATTEMPTS = 5;
const RETRY_MS = 1_000;

/** What the aliases still tell when the journal is gone. */
export interface Rebuilt {
  /** Greater than any fence that an alias carries. */
  readonly nextFence: number;
  /** A release that was cut short: to be rolled back. Absent when every alias tells of a finished one. */
  readonly release?: Release;
}

interface Trace {
  readonly member: Member;
  readonly snapshot: AliasSnapshot;
  readonly stamp: AliasStamp | undefined;
}

/** Reads the stamps that every alias write leaves behind. */
export async function rebuild(plan: ReleasePlan, ports: ReleasePorts): Promise<Rebuilt> {
  const traces = await readTraces(plan.members, ports);
  const nextFence = 1 + Math.max(0, ...traces.map(({ stamp }) => stamp?.fence ?? 0));
  const unfinished = traces.find(({ snapshot, stamp }) => stamp !== undefined && snapshot.additional !== undefined);
  const id = unfinished?.stamp?.release ?? halfPromoted(traces);
  if (id === undefined) return { nextFence };
  return { nextFence, release: abortingRelease(plan, id, traces, ports.clock.now()) };
}

/** The same, for a rollback that was asked for: even a finished release is taken back. */
export async function rebuildForRollback(plan: ReleasePlan, ports: ReleasePorts): Promise<Rebuilt> {
  const traces = await readTraces(plan.members, ports);
  const nextFence = 1 + Math.max(0, ...traces.map(({ stamp }) => stamp?.fence ?? 0));
  const newest = traces
    .map(({ stamp }) => stamp)
    .filter((stamp) => stamp !== undefined)
    .sort((a, b) => b.fence - a.fence)[0];
  if (newest === undefined) return { nextFence };
  const release = abortingRelease(plan, newest.release, traces, ports.clock.now());
  return { nextFence, release: { ...release, kind: "rollback" } };
}

async function readTraces(members: readonly Member[], ports: ReleasePorts): Promise<Trace[]> {
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

/** Without the journal every alias has to be heard. */
async function readPatiently(target: AliasTarget, ports: ReleasePorts): Promise<AliasSnapshot | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ports.aliases.get(target);
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await ports.clock.sleep(RETRY_MS * attempt);
    }
  }
}

/** A release of which some aliases are live and others still on a step. */
function halfPromoted(traces: readonly Trace[]): string | undefined {
  const stamps = traces.map(({ stamp }) => stamp).filter((stamp) => stamp !== undefined);
  const newest = stamps.sort((a, b) => b.fence - a.fence)[0];
  if (newest === undefined) return undefined;
  const steps = new Set(stamps.filter(({ release }) => release === newest.release).map(({ step }) => step));
  return steps.size > 1 ? newest.release : undefined;
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
