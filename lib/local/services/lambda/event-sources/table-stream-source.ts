import type { StreamItem, StreamSource } from "./stream-types.ts";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import { isAwsError } from "../../../aws-error.ts";
import type { Input } from "../../../kit/operation-types.ts";
import type { Lambda } from "../context.ts";
import { inRole } from "./mapping-role.ts";
import type { MappingRecord } from "../records.ts";
import { toStreamEvent } from "./stream-event.ts";

const HORIZON = { ShardIteratorType: "TRIM_HORIZON" } as const;

/** The changes of a table, as DynamoDB Streams gives them. */
export function tableStreamSource(lambda: Lambda, mapping: MappingRecord): StreamSource {
  const { cloud } = lambda;
  const { source: StreamArn, region } = mapping;
  const at = () => ({ region, ...inRole(lambda, mapping) });
  return {
    batchInfo: "DDBStreamBatchInfo",
    async shards() {
      try {
        const { StreamDescription } = await cloud.call("dynamodb-streams", "DescribeStream", { StreamArn }, at());
        return (StreamDescription?.Shards ?? []).map(({ ShardId = "", ParentShardId }) => ({
          id: ShardId,
          parents: ParentShardId === undefined ? [] : [ParentShardId],
          // A stream's ARN and its shards' ids have the time of their making.
          birth: "",
        }));
      } catch (error) {
        if (isAwsError(error, "ResourceNotFoundException")) return [];
        throw error;
      }
    },
    async iterator(ShardId, after) {
      const ask = async (
        position: Pick<Input<"dynamodb-streams", "GetShardIterator">, "ShardIteratorType" | "SequenceNumber">,
      ) => {
        const input = { StreamArn, ShardId, ...position };
        return (await cloud.call("dynamodb-streams", "GetShardIterator", input, at())).ShardIterator;
      };
      if (after === undefined) return ask(HORIZON);
      return ask({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after }).catch((error: unknown) => {
        if (isAwsError(error, "TrimmedDataAccessException")) return ask(HORIZON);
        throw error;
      });
    },
    async read(_, ShardIterator, Limit) {
      try {
        const input = { ShardIterator, Limit: Math.min(Limit, 1000) };
        const { Records = [], NextShardIterator } = await cloud.call("dynamodb-streams", "GetRecords", input, at());
        return { items: fresh(Records, mapping).map((record) => toItem(record, mapping)), next: NextShardIterator };
      } catch (error) {
        if (isAwsError(error, "ExpiredIteratorException", "TrimmedDataAccessException")) return undefined;
        throw error;
      }
    },
    timeText: (atMs) => `${new Date(atMs).toISOString().slice(0, 19)}Z`,
  };
}

/** LATEST means since the mapping was created: an iterator would lose that when the cloud is killed. */
function fresh(records: readonly _Record[], { startingPosition, createdMs }: MappingRecord): readonly _Record[] {
  if (startingPosition !== "LATEST") return records;
  const since = Math.floor(createdMs / 1000) * 1000;
  return records.filter(({ dynamodb }) => (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) >= since);
}

function toItem(record: _Record, mapping: MappingRecord): StreamItem {
  const event = toStreamEvent(record, mapping);
  return {
    sequence: record.dynamodb?.SequenceNumber ?? "",
    arrivedMs: record.dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0,
    key: JSON.stringify(event.dynamodb.Keys),
    event,
    filtered: event,
  };
}
