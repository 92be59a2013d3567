import type { Input } from "../../kit/operation-types.ts";
import type { Checked } from "../../kit/checked.ts";
import type { InputLogEvent, RejectedLogEventsInfo } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../service.ts";
import { expiryOf, findGroup, findStream, type LogsState } from "./context.ts";
import { constraint, invalidParameter } from "./errors.ts";
import { sequenceToken } from "./sequence-token.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_EVENTS = 10_000;
const MAX_BATCH_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const MAX_SPAN_MS = 24 * 3_600_000;
const TOO_OLD_MS = 14 * 86_400_000;
const TOO_NEW_MS = 2 * 3_600_000;

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** PutLogEvents: keeps a batch of events in order; single events out of AWS's time window are left out and named. */
export function putLogEvents(
  state: LogsState,
  input: Input<"cloudwatch-logs", "PutLogEvents">,
  context: RequestContext,
) {
  const events = checkedEvents(input.logEvents ?? []);
  checkSize(events);
  const group = findGroup(state, input.logGroupName, context);
  const stream = findStream(state, group, input.logStreamName);
  const nowMs = state.cloud.clock.now();
  const { accepted, rejected } = sorted(events, nowMs, expiryOf(group, nowMs));
  if (accepted.length > 0) {
    const ids = state.logs.addEvents(group, stream, accepted, sizeOf(accepted), nowMs);
    state.ingestion.ingested({
      group,
      streamName: stream.name,
      events: accepted.map(({ timestamp, message }, at) => ({ timestamp, message, id: ids[at]!, ingestedMs: nowMs })),
    });
  }
  return { nextSequenceToken: sequenceToken(nowMs), ...(rejected && { rejectedLogEventsInfo: rejected }) };
}

function checkedEvents(events: readonly Checked<InputLogEvent>[]): LogEvent[] {
  if (events.length === 0) throw constraint("[]", "logEvents", "have length greater than or equal to 1");
  if (events.length > MAX_EVENTS)
    throw constraint(`[${events.length} events]`, "logEvents", `have length less than or equal to ${MAX_EVENTS}`);
  let last = 0;
  return events.map(({ timestamp, message }, at) => {
    const member = `logEvents.${at + 1}.member`;
    if (!message) throw constraint(message ?? "null", `${member}.message`, "have length greater than or equal to 1");
    if (timestamp === undefined || timestamp < 0)
      throw constraint(timestamp ?? "null", `${member}.timestamp`, "have value greater than or equal to 0");
    if (timestamp < last)
      throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
    last = timestamp;
    return { timestamp, message };
  });
}

function checkSize(events: readonly LogEvent[]): void {
  const bytes = sizeOf(events);
  if (bytes > MAX_BATCH_BYTES)
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
  if (events.at(-1)!.timestamp - events[0]!.timestamp > MAX_SPAN_MS)
    throw invalidParameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
}

function sizeOf(events: readonly LogEvent[]): number {
  let bytes = 0;
  for (const { message } of events) bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
  return bytes;
}

/** The events in the window; the indexes of AWS's answer are where the others end or start. */
function sorted(
  events: readonly LogEvent[],
  nowMs: number,
  expiryMs: number,
): { accepted: readonly LogEvent[]; rejected: RejectedLogEventsInfo | undefined } {
  const endOf = (beforeMs: number) => {
    const end = events.findIndex((event) => event.timestamp >= beforeMs);
    return end < 0 ? events.length : end;
  };
  const tooOld = endOf(nowMs - TOO_OLD_MS);
  const expired = endOf(expiryMs);
  const tooNew = endOf(nowMs + TOO_NEW_MS + 1);
  const accepted = events.slice(Math.max(tooOld, expired), tooNew);
  if (accepted.length === events.length) return { accepted, rejected: undefined };
  return {
    accepted,
    rejected: {
      ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
      ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
      ...(expired > tooOld && { expiredLogEventEndIndex: expired }),
    },
  };
}
