import {
  GetRecordsCommand,
  KinesisClient,
  ListShardsCommand,
  type ListShardsCommandInput,
  MergeShardsCommand,
  PutRecordCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
} from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { iteratorOf, newStream, SHARD, textOf, untilActive } from "./kinesis-fixture.ts";

let cloud: TestCloud;
let kinesis: KinesisClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  kinesis = cloud.client(KinesisClient);
});
afterAll(() => cloud.stop());

const HALF = (2n ** 127n).toString();
const id = (index: number) => `shardId-${String(index).padStart(12, "0")}`;
const put = (StreamName: string, text: string, ExplicitHashKey = "0") =>
  kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey: "k", ExplicitHashKey }));
const shardsOf = async (StreamName: string, more: Partial<ListShardsCommandInput> = {}) =>
  (await kinesis.send(new ListShardsCommand({ StreamName, ...more }))).Shards!;
const split = async (StreamName: string, ShardToSplit = SHARD, NewStartingHashKey = HALF) => {
  await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit, NewStartingHashKey }));
  await untilActive(kinesis, StreamName);
};

describe("splitting and merging", () => {
  test("children take over, and the parent's reader receives them at its end", async () => {
    const name = await newStream(kinesis);
    const before = await put(name, "before");
    const open = await iteratorOf(kinesis, name);
    await split(name);
    const low = await put(name, "low");
    const high = await put(name, "high", HALF);
    expect([low.ShardId, high.ShardId]).toEqual([id(1), id(2)]);
    expect(BigInt(low.SequenceNumber!) > BigInt(before.SequenceNumber!)).toBe(true);
    const read = await kinesis.send(new GetRecordsCommand({ ShardIterator: open }));
    expect(read.Records!.map(textOf)).toEqual(["before"]);
    expect(read.NextShardIterator).toBeUndefined();
    expect(read.ChildShards).toMatchObject([
      { ShardId: id(1), ParentShards: [SHARD], HashKeyRange: { StartingHashKey: "0" } },
      { ShardId: id(2), ParentShards: [SHARD], HashKeyRange: { StartingHashKey: HALF } },
    ]);
    await kinesis.send(new MergeShardsCommand({ StreamName: name, ShardToMerge: id(2), AdjacentShardToMerge: id(1) }));
    const shards = await shardsOf(name);
    expect(
      shards.map(({ ShardId, ParentShardId, AdjacentParentShardId }) => [
        ShardId,
        ParentShardId,
        AdjacentParentShardId,
      ]),
    ).toEqual([
      [SHARD, undefined, undefined],
      [id(1), SHARD, undefined],
      [id(2), SHARD, undefined],
      [id(3), id(2), id(1)],
    ]);
    const isOpen = shards.map(({ SequenceNumberRange }) => SequenceNumberRange!.EndingSequenceNumber === undefined);
    expect(isOpen).toEqual([false, false, false, true]);
  });

  test("fails when the key is not in the shard, the shard is closed, or the pair not adjacent", async () => {
    const name = await newStream(kinesis, { ShardCount: 3 });
    await expect(split(name, SHARD, "1")).rejects.toMatchObject({
      name: "InvalidArgumentException",
      message: `NewStartingHashKey 1 used in SplitShard() on shard ${SHARD} in stream ${name} under account 000000000000 is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey 113427455640312821154458202477256070484.`,
    });
    const merge = new MergeShardsCommand({ StreamName: name, ShardToMerge: id(0), AdjacentShardToMerge: id(2) });
    await expect(kinesis.send(merge)).rejects.toMatchObject({
      message: `Shards ${id(0)} and ${id(2)} in stream ${name} under account 000000000000 are not an adjacent pair of shards eligible for merging`,
    });
    await split(name, SHARD, "1000");
    await expect(split(name, SHARD, "2000")).rejects.toMatchObject({
      message: `Shard ${SHARD} in stream ${name} under account 000000000000 has already been merged or split, and thus is not eligible for merging or splitting.`,
    });
  });
});

describe("an even shard count", () => {
  const openOf = async (name: string) => shardsOf(name, { ShardFilter: { Type: "AT_LATEST" } });
  const update = async (StreamName: string, TargetShardCount: number) => {
    await kinesis.send(new UpdateShardCountCommand({ StreamName, TargetShardCount, ScalingType: "UNIFORM_SCALING" }));
    await untilActive(kinesis, StreamName);
  };

  test("covers every hash key once, from any state before", async () => {
    const name = await newStream(kinesis, { ShardCount: 3 });
    for (const target of [5, 3, 2, 4, 7]) {
      await update(name, target);
      const open = (await openOf(name)).toSorted((a, b) =>
        BigInt(a.HashKeyRange!.StartingHashKey!) < BigInt(b.HashKeyRange!.StartingHashKey!) ? -1 : 1,
      );
      expect(open).toHaveLength(target);
      let next = 0n;
      for (const { HashKeyRange } of open) {
        expect(BigInt(HashKeyRange!.StartingHashKey!)).toBe(next);
        next = BigInt(HashKeyRange!.EndingHashKey!) + 1n;
      }
      expect(next).toBe(2n ** 128n);
    }
  });

  test("fails when it is more than double or less than half", async () => {
    const name = await newStream(kinesis, { ShardCount: 2 });
    await expect(update(name, 5)).rejects.toMatchObject({
      name: "LimitExceededException",
      message:
        "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 2, Target shard count: 5",
    });
    const many = await newStream(kinesis, { ShardCount: 6 });
    await expect(update(many, 2)).rejects.toMatchObject({
      message:
        "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 6, Target shard count: 2",
    });
  });
});

describe("lists of shards", () => {
  test("are filtered by what was open when", async () => {
    const name = await newStream(kinesis);
    await cloud.clock.advance(3600_000);
    const early = new Date(cloud.clock.now());
    await cloud.clock.advance(60_000);
    await split(name);
    await cloud.clock.advance(60_000);
    const late = new Date(cloud.clock.now());
    const ids = async (Type: string, more: object = {}) =>
      (await shardsOf(name, { ShardFilter: { Type: Type as "AT_LATEST", ...more } })).map(({ ShardId }) => ShardId);
    expect(await ids("AT_LATEST")).toEqual([id(1), id(2)]);
    expect(await ids("AT_TRIM_HORIZON")).toEqual([id(0)]);
    expect(await ids("FROM_TRIM_HORIZON")).toEqual([id(0), id(1), id(2)]);
    expect(await ids("AT_TIMESTAMP", { Timestamp: early })).toEqual([id(0)]);
    expect(await ids("AT_TIMESTAMP", { Timestamp: late })).toEqual([id(1), id(2)]);
    expect(await ids("FROM_TIMESTAMP", { Timestamp: early })).toEqual([id(0), id(1), id(2)]);
    expect(await ids("FROM_TIMESTAMP", { Timestamp: late })).toEqual([id(1), id(2)]);
    expect(await ids("AFTER_SHARD_ID", { ShardId: id(1) })).toEqual([id(2)]);
  });

  test("continue by a token, and drop closed shards when none of their records is retained", async () => {
    const name = await newStream(kinesis, { ShardCount: 3 });
    const first = await kinesis.send(new ListShardsCommand({ StreamName: name, MaxResults: 2 }));
    expect(first.Shards).toHaveLength(2);
    const second = await kinesis.send(new ListShardsCommand({ NextToken: first.NextToken }));
    expect(second.Shards!.map(({ ShardId }) => ShardId)).toEqual([id(2)]);
    expect(second.NextToken).toBeUndefined();
    await split(name, SHARD, "1000");
    expect(await shardsOf(name)).toHaveLength(5);
    await cloud.clock.advance(24 * 3600_000 + 1000);
    expect((await shardsOf(name)).map(({ ShardId }) => ShardId)).toEqual([id(1), id(2), id(3), id(4)]);
    await expect(kinesis.send(new ListShardsCommand({ NextToken: first.NextToken }))).rejects.toMatchObject({
      name: "ExpiredNextTokenException",
    });
  });
});
