import type { Input } from "../../kit/operation-types.ts";
import { randomUUID } from "node:crypto";
import type { LiveTailSessionLogEvent, StartLiveTailResponseStream } from "@aws-sdk/client-cloudwatch-logs";
import type { RequestContext } from "../../service.ts";
import { compileFilterPattern } from "./filter-pattern/filter-pattern.ts";
import type { IngestedBatch } from "./ingestion.ts";
import { findGroup, groupArn, groupNameOf, type LogsState } from "./context.ts";
import { invalidParameter } from "./errors.ts";

/** AWS sends what came in once a second, at most 500 events of it. */
const UPDATE_EVERY_MS = 1000;
const MAX_RESULTS = 500;
/** A session ends after three hours. */
const MAX_SESSION_MS = 3 * 3_600_000;

/** StartLiveTail: what comes in from now on, once a second of the machine's time, until the client goes. */
export function startLiveTail(
  state: LogsState,
  input: Input<"cloudwatch-logs", "StartLiveTail">,
  context: RequestContext,
) {
  const identifiers = input.logGroupIdentifiers ?? [];
  if (identifiers.length === 0) throw invalidParameter("At least one log group identifier is required.");
  const groups = identifiers.map((identifier) => findGroup(state, groupNameOf(identifier), context));
  const streams = input.logStreamNames && new Set(input.logStreamNames);
  const prefixes = input.logStreamNamePrefixes;
  if ((streams || prefixes) && groups.length > 1)
    throw invalidParameter("Log streams can only be named for a single log group.");
  const matches = compileFilterPattern(input.logEventFilterPattern ?? "");
  const wanted = new Set(groups.map((group) => group.id));
  const select = (batch: IngestedBatch): LiveTailSessionLogEvent[] => {
    if (!wanted.has(batch.group.id)) return [];
    if (streams && !streams.has(batch.streamName)) return [];
    if (prefixes && !prefixes.some((prefix) => batch.streamName.startsWith(prefix))) return [];
    return batch.events
      .filter((event) => matches(event.message))
      .map(({ timestamp, ingestedMs, message }) => ({
        logStreamName: batch.streamName,
        logGroupIdentifier: groupArn(context.account, batch.group),
        message,
        timestamp,
        ingestionTime: ingestedMs,
      }));
  };
  return { responseStream: session(state, input, context, select) };
}

async function* session(
  state: LogsState,
  input: Input<"cloudwatch-logs", "StartLiveTail">,
  context: RequestContext,
  select: (batch: IngestedBatch) => LiveTailSessionLogEvent[],
): AsyncGenerator<StartLiveTailResponseStream> {
  let waiting: LiveTailSessionLogEvent[] = [];
  const stop = state.ingestion.listen((batch) => {
    waiting.push(...select(batch));
  });
  const endsMs = performance.now() + MAX_SESSION_MS;
  try {
    yield { sessionStart: { requestId: context.requestId, sessionId: randomUUID(), ...input } };
    while (performance.now() < endsMs) {
      const sampled = waiting.length > MAX_RESULTS;
      const sessionResults = waiting.slice(0, MAX_RESULTS);
      waiting = [];
      yield { sessionUpdate: { sessionMetadata: { sampled }, sessionResults } };
      await new Promise((resolve) => setTimeout(resolve, UPDATE_EVERY_MS).unref());
    }
  } finally {
    stop();
  }
}
