import {
  CreateStreamCommand,
  type CreateStreamCommandInput,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  type _Record,
} from "@aws-sdk/client-kinesis";
import { expect } from "vitest";

let count = 0;

/** A new stream of one shard that is ready. Answers its name. */
export async function newStream(kinesis: KinesisClient, more: Partial<CreateStreamCommandInput> = {}): Promise<string> {
  const StreamName = more.StreamName ?? `stream-${count++}`;
  await kinesis.send(
    new CreateStreamCommand({ ...(more.StreamModeDetails === undefined && { ShardCount: 1 }), ...more, StreamName }),
  );
  await untilActive(kinesis, StreamName);
  return StreamName;
}

export async function untilActive(kinesis: KinesisClient, StreamName: string): Promise<void> {
  const statusOf = async () =>
    (await kinesis.send(new DescribeStreamCommand({ StreamName }))).StreamDescription?.StreamStatus;
  await expect.poll(statusOf, { interval: 20 }).toBe("ACTIVE");
}

export const SHARD = "shardId-000000000000";

export async function iteratorOf(
  kinesis: KinesisClient,
  StreamName: string,
  more: Partial<GetShardIteratorCommandInput> = {},
): Promise<string> {
  const from = { ShardId: SHARD, ShardIteratorType: "TRIM_HORIZON" as const, ...more };
  return (await kinesis.send(new GetShardIteratorCommand({ StreamName, ...from }))).ShardIterator!;
}

/** The records of a shard from a position on. */
export async function readAll(
  kinesis: KinesisClient,
  StreamName: string,
  more: Partial<GetShardIteratorCommandInput> = {},
): Promise<_Record[]> {
  const ShardIterator = await iteratorOf(kinesis, StreamName, more);
  return (await kinesis.send(new GetRecordsCommand({ ShardIterator }))).Records!;
}

export const textOf = ({ Data }: Pick<_Record, "Data">) => Buffer.from(Data!).toString();
