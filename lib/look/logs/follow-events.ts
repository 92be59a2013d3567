import { setTimeout } from "node:timers/promises";
import { EventReader, type LogEvent } from "./log-event.ts";
import type { LogSource } from "./log-source.ts";
import { type LogQuery, readLogEvents } from "./read-events.ts";

/** How logs are followed. */
export interface FollowOptions {
  /** Ends it, without an error. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** Waited for before each look. @default - nothing */
  readonly pause?: () => Promise<void>;
}

/** Events may arrive this much later than their time says: by so much each look overlaps with the last one. */
const LATE_MS = 10_000;

/** Reads the events of several logs by time, and then those that come, until the signal is aborted. */
export async function* followLogEvents(
  sources: readonly LogSource[],
  query: Omit<LogQuery, "to">,
  { signal, everyMs, pause }: FollowOptions,
): AsyncGenerator<LogEvent> {
  const reader = new EventReader();
  const seen = new Map<string, number>();
  let newest = query.from;
  while (!signal.aborted) {
    await pause?.();
    const from = Math.max(query.from, newest - LATE_MS);
    for await (const event of readLogEvents(sources, { ...query, from }, reader)) {
      const key = `${event.source.group} ${event.id}`;
      if (seen.has(key)) continue;
      seen.set(key, event.at);
      newest = Math.max(newest, event.at);
      yield event;
      if (signal.aborted) return;
    }
    for (const [key, at] of seen) if (at < newest - LATE_MS) seen.delete(key);
    await setTimeout(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
