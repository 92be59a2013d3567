import type { Input } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import { AFTER_ALL, BEFORE_ALL, pageToken, positionOf, readPageToken, type EventPosition } from "./event-position.ts";
import { checkLimit } from "./input-rules.ts";
import type { EventRecord } from "./log-store.ts";
import { expiryOf, findGroupBy, findStream, type LogsState } from "./context.ts";

const MAX_EVENTS = 10_000;
/** "As many log events as can fit in a response size of 1 MB." */
const MAX_BYTES = 1_048_576;

type Direction = "forward" | "backward";

/** GetLogEvents: a page of a stream, from its head or its tail, or on from a token of the page before. */
export function getLogEvents(
  state: LogsState,
  input: Input<"cloudwatch-logs", "GetLogEvents">,
  context: RequestContext,
) {
  const limit = checkLimit(input.limit, MAX_EVENTS);
  const group = findGroupBy(state, input, context);
  const stream = findStream(state, group, input.logStreamName);
  const { direction, position } = startOf(input);
  const range = {
    fromMs: Math.max(input.startTime ?? 0, expiryOf(group, state.cloud.clock.now())),
    toMs: input.endTime ?? Number.MAX_SAFE_INTEGER,
  };
  const found = withinSize(state.logs.streamEvents(stream, direction, position, range, limit));
  if (direction === "backward") found.reverse();
  const events = found.map(({ atMs, ingestedMs, message }) => ({
    timestamp: atMs,
    message,
    ingestionTime: ingestedMs,
  }));
  return { events, ...tokensAround(found, direction, position) };
}

function startOf(input: Input<"cloudwatch-logs", "GetLogEvents">): { direction: Direction; position: EventPosition } {
  if (input.nextToken !== undefined) {
    const { direction, position } = readPageToken(input.nextToken);
    return { direction: direction === "f" ? "forward" : "backward", position };
  }
  return input.startFromHead
    ? { direction: "forward", position: BEFORE_ALL }
    : { direction: "backward", position: AFTER_ALL };
}

/** At the end of a stream AWS answers the token that it was given, and so does this. */
function tokensAround(found: readonly EventRecord[], direction: Direction, position: EventPosition) {
  const first = found[0];
  const last = found.at(-1);
  if (first && last)
    return {
      nextForwardToken: pageToken("f", positionOf(last)),
      nextBackwardToken: pageToken("b", positionOf(first)),
    };
  const here = position === AFTER_ALL || position === BEFORE_ALL ? { atMs: 0, id: 0 } : position;
  const { atMs, id } = here;
  return direction === "forward"
    ? { nextForwardToken: pageToken("f", here), nextBackwardToken: pageToken("b", { atMs, id: id + 1 }) }
    : { nextForwardToken: pageToken("f", { atMs, id: Math.max(0, id - 1) }), nextBackwardToken: pageToken("b", here) };
}

function withinSize(events: EventRecord[]): EventRecord[] {
  let bytes = 0;
  const end = events.findIndex(({ message }) => (bytes += Buffer.byteLength(message) + 26) > MAX_BYTES);
  return end < 0 ? events : events.slice(0, Math.max(1, end));
}
