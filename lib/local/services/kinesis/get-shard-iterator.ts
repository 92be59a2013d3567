import type { Checked } from "../../kit/checked.ts";
import { notCarried } from "../../kit/not-carried.ts";
import type { StartingPosition } from "@aws-sdk/client-kinesis";
import type { RequestContext } from "../../service.ts";
import { requireMade, requireShard, type Input, type Kinesis, type Output } from "./context.ts";
import { shardIdOf, type ShardRecord, type StreamRecord } from "./records.ts";
import { invalidArgument } from "./errors.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { parseSequence } from "./sequence-number.ts";
import { formatIterator } from "./shard-iterator.ts";

const TYPES = ["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"];

/** Returns where to read from in a shard. The iterator is valid for five minutes. */
export function getShardIterator(
  kinesis: Kinesis,
  input: Input<"GetShardIterator">,
  context: RequestContext,
): Output<"GetShardIterator"> {
  if (input.DryRun === true) throw notCarried("DryRun", "Leave it out.");
  new RequestChecks()
    .required("shardId", input.ShardId)
    .required("shardIteratorType", input.ShardIteratorType)
    .oneOf("shardIteratorType", input.ShardIteratorType, TYPES)
    .done();
  const stream = requireMade(kinesis, input, context);
  const shard = requireShard(kinesis, stream, input.ShardId);
  const position = {
    Type: input.ShardIteratorType,
    SequenceNumber: input.StartingSequenceNumber,
    Timestamp: input.Timestamp,
  };
  const number = numberAt(kinesis, stream, shard, position, "GetShardIterator");
  const { region, name, id: streamId } = stream;
  const issuedMs = kinesis.cloud.clock.now();
  return { ShardIterator: formatIterator({ region, stream: name, streamId, shard: shard.index, number, issuedMs }) };
}

/** The number of the first record that is read from a position on. `asked` names the operation in errors. */
export function numberAt(
  { cloud, records }: Kinesis,
  stream: StreamRecord,
  shard: ShardRecord,
  { Type, SequenceNumber, Timestamp }: Checked<StartingPosition>,
  asked: string,
): number {
  switch (Type) {
    case "TRIM_HORIZON":
    case "LATEST":
      if (SequenceNumber !== undefined) throw needsOther(Type, "also a");
      return Type === "LATEST" ? records.last() + 1 : 0;
    case "AT_TIMESTAMP": {
      const atMs = timeOf(Timestamp, cloud.clock.now());
      return records.numberSince(stream, shard, atMs);
    }
    default: {
      if (SequenceNumber === undefined) throw needsOther(Type, "no");
      const number = parseSequence(stream, shard, SequenceNumber, asked);
      return Type === "AT_SEQUENCE_NUMBER" ? number : number + 1;
    }
  }
}

function timeOf(timestamp: Date | undefined, nowMs: number): number {
  if (timestamp === undefined)
    throw invalidArgument(
      "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.",
    );
  const atMs = timestamp.getTime();
  if (atMs <= nowMs) return atMs;
  throw invalidArgument(
    "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. " +
      `timestampInMillis: ${atMs}, currentTimestampInMillis: ${nowMs}`,
  );
}

function needsOther(type: string, what: string) {
  return invalidArgument(
    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) " +
      `TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and ${what} StartingSequenceNumber.`,
  );
}

/** The shards that replaced this one, as readers receive them at its end. */
export function childShards({ shards }: StreamRecord, { index }: ShardRecord) {
  return shards
    .filter(({ parent, adjacentParent }) => parent === index || adjacentParent === index)
    .map((child) => ({
      ShardId: shardIdOf(child),
      ParentShards: [child.parent, child.adjacentParent].flatMap((each) =>
        each === undefined ? [] : [shardIdOf({ index: each })],
      ),
      HashKeyRange: { StartingHashKey: child.startingHashKey, EndingHashKey: child.endingHashKey },
    }));
}
