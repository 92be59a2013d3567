import type { LogEvent } from "./log-event.ts";
import type { LogSource } from "./log-source.ts";
import { readLogEvents } from "./read-events.ts";

/** A request's last line may come this much later than the last one that names it. */
const AFTER_MS = 5_000;

/**
 * The events of one request, those without its id among them: the streams that name it are found first, then read as a
 * whole from the first line that does.
 */
export async function readRequestEvents(
  sources: readonly LogSource[],
  requestId: string,
  from: number,
): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  for (const source of sources) {
    const named: LogEvent[] = [];
    for await (const event of readLogEvents([source], { from, pattern: JSON.stringify(requestId) })) named.push(event);
    const [first] = named;
    if (first === undefined) continue;
    const streams = [...new Set(named.map(({ stream }) => stream))];
    const to = Math.max(...named.map(({ at }) => at)) + AFTER_MS;
    for await (const event of readLogEvents([source], { from: first.at, to, streams })) {
      if (event.requestId?.startsWith(requestId) === true) events.push(event);
    }
  }
  return events.toSorted((a, b) => a.at - b.at);
}
