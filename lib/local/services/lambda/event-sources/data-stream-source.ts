import type { StreamItem, StreamSource } from "./stream-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { _Record } from "@aws-sdk/client-kinesis";
import { isAwsError } from "../../../aws-error.ts";
import { inRole, requireStream } from "./mapping-role.ts";
import { findTarget } from "../invoke/invoke-target.ts";
import type { Lambda } from "../context.ts";
import { readFunctionRef } from "../functions/names.ts";
import type { MappingRecord } from "../records.ts";
import { parseJson } from "../../../../util/parse-json.ts";

/** The records of a Kinesis stream, or of its consumer. */
export function dataStreamSource(lambda: Lambda, mapping: MappingRecord): StreamSource {
  const { cloud } = lambda;
  const StreamARN = mapping.source.replace(/\/consumer\/.*$/, "");
  const region = StreamARN.split(":")[3] ?? mapping.region;
  const at = () => ({ region, ...inRole(lambda, mapping) });
  return {
    batchInfo: "KinesisBatchInfo",
    async shards() {
      try {
        await requireStream(lambda, mapping, { StreamARN });
        const { Shards = [] } = await cloud.call("kinesis", "ListShards", { StreamARN }, { region });
        return Shards.map(({ ShardId, ParentShardId, AdjacentParentShardId, SequenceNumberRange }) => ({
          id: ShardId,
          parents: [ParentShardId, AdjacentParentShardId].filter((each) => each !== undefined),
          birth: SequenceNumberRange?.StartingSequenceNumber ?? "",
        }));
      } catch (error) {
        if (isAwsError(error, "ResourceNotFoundException")) return [];
        throw error;
      }
    },
    async iterator(ShardId, after) {
      const ask = async (position: ReturnType<typeof positionOf>) => {
        const input = { StreamARN, ShardId, ...position };
        return (await cloud.call("kinesis", "GetShardIterator", input, at())).ShardIterator;
      };
      try {
        return await ask(positionOf(mapping, after));
      } catch (error) {
        // Another stream of the same name starts from the mapping's position.
        if (after !== undefined && isAwsError(error, "InvalidArgumentException")) return ask(positionOf(mapping));
        throw error;
      }
    },
    async read(ShardId, ShardIterator, Limit) {
      try {
        const input = { ShardIterator, Limit };
        const { Records, NextShardIterator } = await cloud.call("kinesis", "GetRecords", input, at());
        const role = roleOf(lambda, mapping);
        return {
          items: Records.map((record) => toItem(record, { ShardId, role, mapping })),
          next: NextShardIterator,
        };
      } catch (error) {
        if (isAwsError(error, "ExpiredIteratorException", "InvalidArgumentException", "ResourceNotFoundException"))
          return undefined;
        throw error;
      }
    },
    timeText: (atMs) => new Date(atMs).toISOString(),
  };
}

/** LATEST means since the mapping was created: an iterator would lose that when the cloud is killed. */
function positionOf({ startingPosition, startingAtMs, createdMs }: MappingRecord, after?: string) {
  if (after !== undefined)
    return { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: after } as const;
  if (startingPosition === "TRIM_HORIZON") return { ShardIteratorType: "TRIM_HORIZON" } as const;
  const Timestamp = new Date(startingPosition === "AT_TIMESTAMP" ? (startingAtMs ?? createdMs) : createdMs);
  return { ShardIteratorType: "AT_TIMESTAMP", Timestamp } as const;
}

/** The function's role, which the event names. */
function roleOf(lambda: Lambda, { functionName, region }: MappingRecord): string {
  const context = { region, account: lambda.cloud.account, requestId: "" };
  try {
    return findTarget(lambda, readFunctionRef(functionName, undefined, context)).version.settings.Role ?? "";
  } catch (error) {
    if (isAwsError(error)) return "";
    throw error;
  }
}

interface Origin {
  readonly ShardId: string;
  readonly role: string;
  readonly mapping: MappingRecord;
}

function toItem(record: Checked<_Record>, { ShardId, role, mapping }: Origin): StreamItem {
  const arrivedMs = record.ApproximateArrivalTimestamp?.getTime() ?? 0;
  const data = Buffer.from(record.Data ?? []);
  const kinesis = {
    kinesisSchemaVersion: "1.0",
    partitionKey: record.PartitionKey ?? "",
    sequenceNumber: record.SequenceNumber ?? "",
    data: data.toString("base64"),
    approximateArrivalTimestamp: arrivedMs / 1000,
  };
  const event = {
    kinesis,
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${ShardId}:${kinesis.sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: role,
    awsRegion: mapping.region,
    eventSourceARN: mapping.source,
  };
  // Filters see the record without its envelope, and its data decoded.
  const filtered = { ...event, ...kinesis, data: parsed(data.toString()) };
  return { sequence: kinesis.sequenceNumber, arrivedMs, key: kinesis.partitionKey, event, filtered };
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
