import { FilterLogEventsCommand, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { hasRemoteCode, remoteError } from "../../aws/remote-error.ts";
import { EventReader, type LogEvent } from "./log-event.ts";
import type { LogSource } from "./log-source.ts";

/** Which events are read. */
export interface LogQuery {
  /** Milliseconds of the endpoint's time. */
  readonly from: number;
  /** @default - up to the last event */
  readonly to?: number;
  /** A filter pattern of CloudWatch Logs. @default - every event */
  readonly pattern?: string;
  /** Only these streams. @default - every stream */
  readonly streams?: readonly string[];
}

/** Reads the events of several logs, page by page, merged by time. A log that does not exist yet has none. */
export async function* readLogEvents(
  sources: readonly LogSource[],
  query: LogQuery,
  reader: EventReader = new EventReader(),
): AsyncGenerator<LogEvent> {
  const heads = await Promise.all(
    sources.map(async (source) => {
      const events = eventsOf(source, query, reader);
      return { events, next: await events.next() };
    }),
  );
  for (;;) {
    const [first] = heads
      .filter(({ next }) => next.done !== true)
      .toSorted((a, b) => (a.next.value?.at ?? 0) - (b.next.value?.at ?? 0));
    if (first?.next.value === undefined) return;
    yield first.next.value;
    first.next = await first.events.next();
  }
}

async function* eventsOf(source: LogSource, query: LogQuery, reader: EventReader): AsyncGenerator<LogEvent, undefined> {
  for await (const event of filteredEvents(source, query)) {
    const read = reader.read(event, source);
    if (source.version === undefined || read.version === source.version) yield read;
  }
  return undefined;
}

async function* filteredEvents(
  { group, aws }: LogSource,
  { from, to, pattern, streams }: LogQuery,
): AsyncGenerator<FilteredLogEvent> {
  const logs = await aws.client("logs");
  const input = {
    logGroupName: group,
    startTime: from,
    ...(to === undefined ? {} : { endTime: to }),
    ...(pattern === undefined ? {} : { filterPattern: pattern }),
    ...(streams === undefined ? {} : { logStreamNames: [...streams] }),
  };
  let nextToken: string | undefined;
  try {
    do {
      const page = await logs.send(new FilterLogEventsCommand({ ...input, nextToken }));
      yield* page.events ?? [];
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  } catch (error) {
    if (hasRemoteCode(error, "ResourceNotFoundException")) return;
    throw remoteError("LogUnreadable", `The log group ${group} cannot be read`, error);
  }
}
