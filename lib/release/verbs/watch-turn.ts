import { type AftercareObservations, decideAftercare } from "../decide/aftercare.ts";
import type { Reading } from "../reading.ts";
import { movingMembers, stableOf } from "../decide/members.ts";
import type { JournalSession } from "../journal-session.ts";
import type { Aftercare, Release } from "../model.ts";
import { Outbox } from "../outbox.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { lookIntoJournal } from "./open-journal.ts";
import type { VerbOptions } from "./outcome.ts";
import { rollbackInSession } from "./rollback.ts";

/** Between two looks at a release that succeeded. */
const LOOK_EVERY_MS = 60_000;

/** What a look came to: how long until the next one, undefined where the watch is over. */
export interface WatchTurn {
  readonly waitMs?: number;
}

/** One look at a release that succeeded. Rolls it back where it fails and the policy says so. */
export async function watchTurn(
  session: JournalSession,
  ports: ReleasePorts,
  options: VerbOptions,
): Promise<WatchTurn> {
  const outbox = new Outbox(session, ports);
  const release = session.release!;
  const decided = release.watch?.status === "watching" ? await look(release, session, ports) : release.watch;
  if (decided?.status === "failed" && decided.onFailure === "rollback") {
    const reason = `the watch of release ${release.id} failed: ${decided.reasons?.join("; ") ?? "no reason recorded"}`;
    const going = { ...options, reason, watchOf: release.id };
    await rollbackInSession(session, ports, going, await lookIntoJournal(ports, options));
  }
  await outbox.settle();
  return decided?.status === "watching" ? { waitMs: LOOK_EVERY_MS } : {};
}

async function look(release: Release, session: JournalSession, ports: ReleasePorts): Promise<Aftercare> {
  const seen = await observe(release, ports);
  const { watch, events } = decideAftercare(release, seen, ports.clock.now());
  await session.commit({ release: { ...release, watch }, events });
  return watch;
}

async function observe(release: Release, ports: ReleasePorts): Promise<AftercareObservations> {
  const now = ports.clock.now();
  const members = movingMembers(release);
  const { watch, shiftedAt = release.enteredAt, analysis } = release;
  const since = watch?.since ?? now;
  const metrics = members.map(async (member) => {
    const { path, outcomes } = member;
    const query = {
      target: member.target!,
      next: member.next!,
      stable: stableOf(release, path)!,
      from: since,
      to: now,
      soleSince: since,
      ...(outcomes === undefined ? {} : { outcomes }),
      ...(analysis?.latency === undefined ? {} : { latency: analysis.latency }),
    };
    return [path, await read(() => ports.metrics.read(query))] as const;
  });
  const readBefore = () =>
    members.map(async ({ path, target, next, outcomes }) => {
      const query = { target: target!, version: next!, from: shiftedAt, to: since, soleUntil: shiftedAt };
      const asked = { ...query, ...(outcomes === undefined ? {} : { outcomes }) };
      return [path, await read(() => ports.metrics.readServed(asked))] as const;
    });
  const needsBefore = watch?.baseline === undefined;
  return {
    ...(release.alarms.length === 0 ? {} : { alarms: await read(() => ports.alarms.read(release.alarms)) }),
    metrics: new Map(await Promise.all(metrics)),
    ...(needsBefore ? { before: new Map(await Promise.all(readBefore())) } : {}),
  };
}

async function read<T>(reading: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: "read", value: await reading() };
  } catch (error) {
    return { kind: "unreadable", reason: error instanceof Error ? error.message : String(error) };
  }
}
