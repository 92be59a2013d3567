import type { Input } from "../../kit/operation-types.ts";
import type { FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../service.ts";
import { BEFORE_ALL, eventId, filterToken, positionOf, readFilterToken } from "./event-position.ts";
import { compileFilterPattern } from "./filter-pattern/filter-pattern.ts";
import { checkLength, checkLimit } from "./input-rules.ts";
import type { GroupRecord, StreamRecord } from "./log-store.ts";
import { expiryOf, findGroupBy, findStream, type LogsState } from "./context.ts";
import { invalidParameter } from "./errors.ts";

const MAX_EVENTS = 10_000;
const MAX_BYTES = 1_048_576;
/** One call looks at so many events, then answers what it has and a token, as AWS does. */
const MAX_LOOKED_AT = 200_000;

/** FilterLogEvents: the events of a group, or of some of its streams, that match a pattern, oldest first. */
export function filterLogEvents(
  state: LogsState,
  input: Input<"cloudwatch-logs", "FilterLogEvents">,
  context: RequestContext,
) {
  const limit = checkLimit(input.limit, MAX_EVENTS);
  checkLength(input.filterPattern, "filterPattern", 0, 1024);
  if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined)
    throw invalidParameter("The parameters logStreamNames and logStreamNamePrefix are mutually exclusive.");
  const position = input.nextToken === undefined ? BEFORE_ALL : readFilterToken(input.nextToken);
  const matches = compileFilterPattern(input.filterPattern ?? "");
  const group = findGroupBy(state, input, context);
  const streams = searchedStreams(state, group, input);
  const range = {
    fromMs: Math.max(input.startTime ?? 0, expiryOf(group, state.cloud.clock.now())),
    toMs: input.endTime ?? Number.MAX_SAFE_INTEGER,
  };
  const events: FilteredLogEvent[] = [];
  let lookedAt = 0;
  let bytes = 0;
  for (const event of state.logs.groupEvents(group, position, range)) {
    const stream = streams.get(event.streamId);
    if (stream && matches(event.message)) {
      events.push({
        logStreamName: stream.name,
        timestamp: event.atMs,
        message: event.message,
        ingestionTime: event.ingestedMs,
        eventId: eventId(event),
      });
      bytes += Buffer.byteLength(event.message);
    }
    if (events.length >= limit || bytes >= MAX_BYTES || ++lookedAt >= MAX_LOOKED_AT)
      return { events, searchedLogStreams: [], nextToken: filterToken(positionOf(event)) };
  }
  return { events, searchedLogStreams: [] };
}

function searchedStreams(
  state: LogsState,
  group: GroupRecord,
  input: Input<"cloudwatch-logs", "FilterLogEvents">,
): ReadonlyMap<number, StreamRecord> {
  const streams = input.logStreamNames
    ? input.logStreamNames.map((name) => findStream(state, group, name))
    : state.logs.streams(group).filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ""));
  return new Map(streams.map((stream) => [stream.id, stream]));
}
