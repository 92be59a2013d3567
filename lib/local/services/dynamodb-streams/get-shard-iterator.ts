import type { Output, Input } from "../../kit/operation-types.ts";
import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import { AwsError } from "../../aws-error.ts";
import type { ChangeStream, ChangeStreams } from "../../state/change-stream.ts";
import type { Cloud } from "../../service.ts";
import { formatIterator } from "./shard-iterator.ts";
import { parseSequence, requireMember, requireStream, shardIdOf } from "./shard.ts";

const TYPE_CONSTRAINT =
  "Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]";

/** Returns where to read from. The iterator is valid for 15 minutes; records are kept for 24 hours. */
export function getShardIterator(
  changes: ChangeStreams,
  { clock }: Cloud,
  input: Input<"dynamodb-streams", "GetShardIterator">,
): Output<"dynamodb-streams", "GetShardIterator"> {
  requireMember("streamArn", input.StreamArn);
  requireMember("shardId", input.ShardId);
  requireMember("shardIteratorType", input.ShardIteratorType);
  const stream = requireStream(changes, input.StreamArn);
  if (input.ShardId !== shardIdOf(stream))
    throw new AwsError(
      "ResourceNotFoundException",
      `Requested resource not found: Shard: ${input.ShardId} in Stream: ${stream.arn} not found`,
    );
  const nowMs = clock.now();
  const sequence = startOf(changes, stream, input, nowMs);
  return { ShardIterator: formatIterator({ streamArn: stream.arn, sequence, issuedMs: nowMs }) };
}

function startOf(
  changes: ChangeStreams,
  stream: ChangeStream,
  input: Input<"dynamodb-streams", "GetShardIterator">,
  nowMs: number,
): number {
  const bounds = changes.bounds(stream, nowMs);
  const first = bounds?.first ?? stream.firstSequence;
  switch (input.ShardIteratorType) {
    case "TRIM_HORIZON":
      return first;
    case "LATEST":
      return (bounds?.last ?? changes.lastSequence()) + 1;
    case "AT_SEQUENCE_NUMBER":
    case "AFTER_SEQUENCE_NUMBER": {
      requireMember("sequenceNumber", input.SequenceNumber);
      const sequence = parseSequence(input.SequenceNumber);
      if (sequence < first)
        throw new AwsError(
          "TrimmedDataAccessException",
          `The requested sequence number ${input.SequenceNumber} is older than what the shard still holds.`,
        );
      return input.ShardIteratorType === "AT_SEQUENCE_NUMBER" ? sequence : sequence + 1;
    }
    default:
      throw new AwsError(
        "ValidationException",
        constraintText(constraintProblem(input.ShardIteratorType, "shardIteratorType", TYPE_CONSTRAINT)),
      );
  }
}
