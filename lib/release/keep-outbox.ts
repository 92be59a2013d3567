import type { OutboxEntry } from "./ports/journal-port.ts";
import type { Subscriber } from "./model.ts";
import type { ReleaseEvent } from "./events.ts";

/** An unreachable subscriber loses the oldest events beyond this number; the log has them all. */
export const MOST_ENTRIES = 500;

/** The events that still have to be delivered, with the subscribers that already have them. */
export function keepOutbox(
  entries: readonly OutboxEntry[],
  notified: ReadonlyMap<number, ReadonlySet<string>>,
  subscribers: readonly Subscriber[] = [],
): readonly OutboxEntry[] {
  return entries
    .filter(isTold)
    .map((entry): OutboxEntry => {
      const told = [...new Set([...(entry.told ?? []), ...(notified.get(entry.seq) ?? [])])];
      return told.length === 0 ? entry : { ...entry, told };
    })
    .filter(({ told }) => subscribers.some(({ path }) => told?.includes(path) !== true))
    .slice(-MOST_ENTRIES);
}

/** Single alias writes stay in the log, and a pause is published once, with its reason. */
export function isTold({ code, state }: ReleaseEvent): boolean {
  if (code === "AliasWriteIntended" || code === "AliasWritten") return false;
  return !(code === "StateEntered" && state === "PAUSED");
}
