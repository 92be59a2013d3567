import { randomUUID } from "node:crypto";
import { UserError } from "../../errors.ts";
import { nextFinaliseAt } from "../decide/finalising.ts";
import { driveUntilWait } from "../drive.ts";
import { JournalSession } from "../journal-session.ts";
import type { Release, ReleaseState } from "../model.ts";
import { Outbox } from "../outbox.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { isFinished } from "../states.ts";
import type { VerbOptions } from "./outcome.ts";
import { reopen } from "./reopen.ts";
import { isWatched } from "../watched.ts";
import { watchTurn } from "./watch-turn.ts";

/** Who takes the turn, and of which release. */
export interface TurnOptions extends VerbOptions {
  /** The name under which the lock is left between two turns. */
  readonly holder: string;
  readonly release: string;
}

/** What a turn came to. */
export interface Turn {
  /** Absent where another driver holds the release. */
  readonly state?: ReleaseState;
  /** Nothing is left for this driver: the release is over, is another one, or needs a manual fix. */
  readonly done: boolean;
  /** How long until the next turn, in milliseconds of the endpoint's time. */
  readonly waitMs: number;
}

/** A new request is seen within this time, and the lease never runs out between two turns. */
const LONGEST_WAIT_MS = 30_000;
const BUSY_MS = 10_000;

/**
 * Drives a release as far as it goes without waiting, for a driver that comes again and again. Between two turns the
 * lock is left to its name; within one it is held under a name of the turn's own, so that a turn that was started twice
 * finds itself kept out.
 */
export async function takeTurn(ports: ReleasePorts, options: TurnOptions): Promise<Turn> {
  let session: JournalSession;
  try {
    session = await JournalSession.acquire(ports.journal, ports.clock, {
      ...options,
      holder: `${options.holder}/${randomUUID()}`,
      leftAs: options.holder,
      notifies: ports.notifier !== undefined,
      ...(ports.onTransition !== undefined && { onTransition: ports.onTransition }),
    });
  } catch (error) {
    if (error instanceof UserError && error.code === "DeployerBusy") return { done: false, waitMs: BUSY_MS };
    throw error;
  }
  try {
    return await turn(session, ports, options);
  } finally {
    await session.close();
  }
}

/** The release that this driver was started for, or the rollback that its watch started. */
function isOfDriver({ id, watchOf }: Release, wanted: string): boolean {
  return id === wanted || watchOf === wanted;
}

async function turn(session: JournalSession, ports: ReleasePorts, options: TurnOptions): Promise<Turn> {
  const { release } = session;
  if (release === undefined || !isOfDriver(release, options.release)) return { done: true, waitMs: 0 };
  if (isFinished(release) && release.id === options.release && isWatched(release)) {
    const { waitMs } = await watchTurn(session, ports, options);
    return { state: session.release!.state, done: waitMs === undefined, waitMs: waitMs ?? 0 };
  }
  if (isFinished(release)) {
    await new Outbox(session, ports).settle();
    return { state: release.state, done: true, waitMs: 0 };
  }
  if (release.state === "FINALISE_PENDING") {
    const againAt = nextFinaliseAt(release);
    if (againAt === undefined) return { state: release.state, done: true, waitMs: 0 };
    const leftMs = againAt - ports.clock.now();
    if (leftMs > 0) return { state: release.state, done: false, waitMs: Math.min(LONGEST_WAIT_MS, leftMs) };
    await reopen(session, ports.clock.now());
  }
  const wakeAt = await driveUntilWait(session, ports, { ...options, whilePaused: "wait" });
  const { state } = session.release!;
  const isWatchedNow = state === "SUCCEEDED" && isWatched(session.release!);
  if (isWatchedNow) return { state, done: false, waitMs: LONGEST_WAIT_MS };
  if (isFinished({ state }) || state === "ROLLBACK_BLOCKED") return { state, done: true, waitMs: 0 };
  if (state === "FINALISE_PENDING" && nextFinaliseAt(session.release!) === undefined) {
    await new Outbox(session, ports).settle();
    return { state, done: true, waitMs: 0 };
  }
  const now = ports.clock.now();
  const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, (wakeAt ?? now + LONGEST_WAIT_MS) - now));
  // A problem with the stacks may be fixed meanwhile; else this observation is noted, and the lock stays.
  if (state !== "FINALISE_PENDING") {
    await session.handOver({ holder: options.holder, actor: options.actor });
  }
  return { state, done: false, waitMs };
}
