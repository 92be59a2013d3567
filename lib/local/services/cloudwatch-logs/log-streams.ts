import type { Input } from "../../kit/operation-types.ts";
import type { LogStream } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { checkLimit, checkStreamName } from "./input-rules.ts";
import type { GroupRecord, StreamRecord } from "./log-store.ts";
import { findGroup, findGroupBy, findStream, groupArn, type LogsState } from "./context.ts";
import { pageOf } from "./errors.ts";
import { invalidParameter } from "./errors.ts";
import { sequenceToken } from "./sequence-token.ts";

/** Creates a stream. `ResourceAlreadyExistsException` where the group has one of this name. */
export function createLogStream(
  state: LogsState,
  input: Input<"cloudwatch-logs", "CreateLogStream">,
  context: RequestContext,
): object {
  const name = checkStreamName(input.logStreamName);
  const group = findGroup(state, input.logGroupName, context);
  if (state.logs.stream(group, name))
    throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
  state.logs.addStream(group, name, state.cloud.clock.now());
  return {};
}

/** Deletes a stream and all of its events. */
export function deleteLogStream(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DeleteLogStream">,
  context: RequestContext,
): object {
  const group = findGroup(state, input.logGroupName, context);
  state.logs.deleteStream(group, findStream(state, group, input.logStreamName));
  return {};
}

/** DescribeLogStreams: by name, or by the time of the last event. */
export function describeLogStreams(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DescribeLogStreams">,
  context: RequestContext,
) {
  if (input.orderBy === "LastEventTime" && input.logStreamNamePrefix !== undefined)
    throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const limit = checkLimit(input.limit, 50);
  const group = findGroupBy(state, input, context);
  const prefix = input.logStreamNamePrefix ?? "";
  const streams = state.logs.streams(group, input.orderBy).filter((stream) => stream.name.startsWith(prefix));
  if (input.descending) streams.reverse();
  const { items, next } = pageOf(streams, limit, input.nextToken);
  return { logStreams: items.map((stream) => describe(group, stream, context)), ...next };
}

function describe(group: GroupRecord, stream: StreamRecord, context: RequestContext): LogStream {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdMs,
    ...(stream.firstEventMs !== null && { firstEventTimestamp: stream.firstEventMs }),
    ...(stream.lastEventMs !== null && { lastEventTimestamp: stream.lastEventMs }),
    ...(stream.lastIngestionMs !== null && {
      lastIngestionTime: stream.lastIngestionMs,
      uploadSequenceToken: sequenceToken(stream.lastIngestionMs),
    }),
    arn: `${groupArn(context.account, group)}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}
