import { randomUUID } from "node:crypto";
import type { JournalPort, Lock } from "../ports/journal-port.ts";
import type { ReleaseClock } from "../ports/ports.ts";

/** The longest pause between two looks at the lock, in milliseconds of the endpoint's time. */
const LOOK_MS = 5_000;

/** How a turn is waited for. */
export interface TurnOptions {
  /** Whether the process behind a lock is known to be dead, which only its own machine can know. */
  readonly isGone: (holder: string) => boolean;
  /** Called once, when there is something to wait for. */
  readonly onWait: (lock: Lock) => void;
  readonly signal: AbortSignal;
}

/**
 * Removes the lock of a process that is known to be dead. Its last writes, should they still come, insist on an
 * older tag and are refused, and the next holder gets a higher fence.
 */
export async function breakDeadLock(journal: JournalPort, isGone: TurnOptions["isGone"]): Promise<void> {
  const found = await journal.read();
  const lock = found?.document.lock;
  if (found === undefined || lock === undefined || !isGone(lock.holder)) return;
  await journal.write({ ...found.document, lock: undefined, writeId: randomUUID() }, found.tag);
}

/**
 * Waits until a silent holder's lease is over. Returns at once where the lock is free, and as soon as the holder shows
 * that it is alive: then acquiring the lock names it.
 */
export async function awaitTurn(
  { journal, clock }: { readonly journal: JournalPort; readonly clock: ReleaseClock },
  { isGone, onWait, signal }: TurnOptions,
): Promise<void> {
  await breakDeadLock(journal, isGone);
  const first = (await journal.read())?.document.lock;
  if (first === undefined || first.leaseUntil <= clock.now()) return;
  onWait(first);
  while (!signal.aborted) {
    const remainingMs = first.leaseUntil - clock.now();
    if (remainingMs <= 0) return;
    await clock.sleep(Math.min(LOOK_MS, remainingMs), signal);
    const lock = (await journal.read())?.document.lock;
    if (lock?.holder !== first.holder || lock.leaseUntil !== first.leaseUntil) return;
  }
}
