import type { Output, Input } from "../../kit/operation-types.ts";
import type { Shard } from "@aws-sdk/client-dynamodb-streams";
import type { ChangeStream, ChangeStreams } from "../../state/change-stream.ts";
import type { Cloud } from "../../service.ts";
import { formatSequence, requireMember, requireStream, shardIdOf } from "./shard.ts";

/** Describes a stream and its shards. `ResourceNotFoundException` where there is no such stream. */
export function describeStream(
  changes: ChangeStreams,
  { clock }: Cloud,
  { StreamArn, ExclusiveStartShardId: after }: Input<"dynamodb-streams", "DescribeStream">,
): Output<"dynamodb-streams", "DescribeStream"> {
  requireMember("streamArn", StreamArn);
  const stream = requireStream(changes, StreamArn);
  const shard = describeShard(changes, stream, clock.now());
  return {
    StreamDescription: {
      StreamArn: stream.arn,
      StreamLabel: stream.label,
      StreamStatus: stream.disabledMs === undefined ? "ENABLED" : "DISABLED",
      StreamViewType: stream.viewType,
      CreationRequestDateTime: new Date(stream.createdMs),
      TableName: stream.tableName,
      KeySchema: [...stream.keySchema],
      Shards: after !== undefined && after >= shard.ShardId! ? [] : [shard],
    },
  };
}

/** A shard has an end as soon as its stream has one. */
function describeShard(changes: ChangeStreams, stream: ChangeStream, nowMs: number): Shard {
  const bounds = changes.bounds(stream, nowMs);
  const first = bounds?.first ?? stream.firstSequence;
  return {
    ShardId: shardIdOf(stream),
    SequenceNumberRange: {
      StartingSequenceNumber: formatSequence(first),
      ...(stream.disabledMs !== undefined && { EndingSequenceNumber: formatSequence(bounds?.last ?? first) }),
    },
  };
}
