import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  type PutRecordCommandInput,
  PutRecordsCommand,
  UpdateMaxRecordSizeCommand,
  DescribeStreamCommand,
  DeleteStreamCommand,
} from "@aws-sdk/client-kinesis";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { iteratorOf, newStream, readAll, SHARD, textOf, untilActive } from "./kinesis-fixture.ts";

let cloud: TestCloud;
let kinesis: KinesisClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  kinesis = cloud.client(KinesisClient);
});
afterAll(() => cloud.stop());

const put = (StreamName: string, text: string, more: Partial<PutRecordCommandInput> = {}) =>
  kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey: "key", ...more }));

describe("writing", () => {
  test("a record is returned as it went in, by the unmodified client, over HTTP/2", async () => {
    const name = await newStream(kinesis);
    const { ShardId, SequenceNumber, EncryptionType } = await put(name, "héllo", { PartitionKey: "ünï" });
    expect([ShardId, EncryptionType]).toEqual([SHARD, "NONE"]);
    expect(SequenceNumber).toMatch(/^49\d{54}$/);
    const [record] = await readAll(kinesis, name);
    expect(record).toMatchObject({ SequenceNumber, PartitionKey: "ünï" });
    expect(textOf(record!)).toBe("héllo");
    expect(Math.abs(record!.ApproximateArrivalTimestamp!.getTime() - cloud.clock.now())).toBeLessThan(10_000);
  });

  test("the MD5 of the partition key says which shard takes a record", async () => {
    const name = await newStream(kinesis, { ShardCount: 3 });
    const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName: name }));
    expect(StreamDescription!.Shards!.map(({ HashKeyRange }) => HashKeyRange)).toEqual([
      { StartingHashKey: "0", EndingHashKey: "113427455640312821154458202477256070484" },
      {
        StartingHashKey: "113427455640312821154458202477256070485",
        EndingHashKey: "226854911280625642308916404954512140969",
      },
      {
        StartingHashKey: "226854911280625642308916404954512140970",
        EndingHashKey: "340282366920938463463374607431768211455",
      },
    ]);
    for (const PartitionKey of ["a", "b", "c", "d", "e", "f"]) {
      const hash = BigInt(`0x${createHash("md5").update(PartitionKey).digest("hex")}`);
      const index = hash / 113427455640312821154458202477256070485n;
      expect((await put(name, "x", { PartitionKey })).ShardId).toBe(`shardId-00000000000${index}`);
    }
    const explicit = await put(name, "x", { ExplicitHashKey: "340282366920938463463374607431768211455" });
    expect(explicit.ShardId).toBe("shardId-000000000002");
  });

  test("sequence numbers rise within a shard, over single and several records", async () => {
    const name = await newStream(kinesis);
    const numbers = [(await put(name, "0")).SequenceNumber!];
    const Records = ["1", "2", "3"].map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
    const several = await kinesis.send(new PutRecordsCommand({ StreamName: name, Records }));
    expect(several.FailedRecordCount).toBe(0);
    numbers.push(...several.Records!.map(({ SequenceNumber }) => SequenceNumber!));
    numbers.push((await put(name, "4")).SequenceNumber!);
    expect(numbers.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))).toEqual(numbers);
    expect(new Set(numbers).size).toBe(5);
    const records = await readAll(kinesis, name);
    expect(records.map(textOf)).toEqual(["0", "1", "2", "3", "4"]);
    expect(records.map(({ SequenceNumber }) => SequenceNumber)).toEqual(numbers);
  });

  test("fails when a record is larger than the stream's limit; the limit can be raised", async () => {
    const name = await newStream(kinesis);
    const big = "x".repeat(1024 * 1024);
    await expect(put(name, big)).rejects.toMatchObject({
      name: "ValidationException",
      message:
        "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
    });
    expect((await put(name, big.slice(3))).ShardId).toBe(SHARD);
    const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
    await kinesis.send(new UpdateMaxRecordSizeCommand({ StreamARN, MaxRecordSizeInKiB: 2048 }));
    await untilActive(kinesis, name);
    await cloud.clock.advance(3000);
    expect((await put(name, big)).ShardId).toBe(SHARD);
  });

  test("fails when the hash key, the partition key or the count is out of range", async () => {
    const name = await newStream(kinesis);
    await expect(put(name, "x", { ExplicitHashKey: (2n ** 128n).toString() })).rejects.toMatchObject({
      name: "InvalidArgumentException",
      message:
        "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 340282366920938463463374607431768211456",
    });
    await expect(put(name, "x", { PartitionKey: "" })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put(name, "x", { PartitionKey: "k".repeat(257) })).rejects.toMatchObject({
      message: expect.stringContaining("Member must have length less than or equal to 256") as string,
    });
    const Records = Array.from({ length: 501 }, () => ({ Data: Buffer.from("x"), PartitionKey: "k" }));
    await expect(kinesis.send(new PutRecordsCommand({ StreamName: name, Records }))).rejects.toMatchObject({
      message: expect.stringContaining("Member must have length less than or equal to 500") as string,
    });
  });

  test("fails when there is no such stream, in AWS's words", async () => {
    await expect(put("missing", "x")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Stream missing under account 000000000000 not found.",
    });
  });
});

describe("throughput", () => {
  const thousand = Array.from({ length: 500 }, () => ({ Data: Buffer.from("x"), PartitionKey: "k" }));

  test("a shard takes a thousand records in a second of the cloud's time, and reports it in place of the records", async () => {
    const name = await newStream(kinesis);
    const send = () => kinesis.send(new PutRecordsCommand({ StreamName: name, Records: thousand }));
    const answers = [await send(), await send(), await send(), await send()];
    const failed = answers.flatMap(({ Records }) => Records!.filter(({ ErrorCode }) => ErrorCode !== undefined));
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBe(answers.reduce((sum, { FailedRecordCount }) => sum + FailedRecordCount!, 0));
    expect(failed[0]).toEqual({
      ErrorCode: "ProvisionedThroughputExceededException",
      ErrorMessage: `Rate exceeded for shard ${SHARD} in stream ${name} under account 000000000000.`,
    });
    await cloud.clock.advance(1000);
    expect((await send()).FailedRecordCount).toBe(0);
  });

  test("fails when a shard is given more than a mebibyte in a second, and takes it a second later", async () => {
    const name = await newStream(kinesis);
    const big = "x".repeat(1024 * 1024 - 10);
    await put(name, big);
    await expect(put(name, big)).rejects.toMatchObject({
      name: "ProvisionedThroughputExceededException",
      message: `Rate exceeded for shard ${SHARD} in stream ${name} under account 000000000000.`,
    });
    await cloud.clock.advance(1000);
    await put(name, big);
  });

  test("fails when a shard is read more than five times in a second", async () => {
    const name = await newStream(kinesis);
    const ShardIterator = await iteratorOf(kinesis, name);
    const read = () => kinesis.send(new GetRecordsCommand({ ShardIterator }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, read));
    const refused = results.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({
      name: "ProvisionedThroughputExceededException",
    });
    await cloud.clock.advance(1000);
    await expect(read()).resolves.toMatchObject({ Records: [] });
  });
});

describe("reading", () => {
  test("begins where the iterator says: at or after a number, at a time, at either end", async () => {
    const name = await newStream(kinesis);
    const first = await put(name, "1");
    await cloud.clock.advance(60_000);
    const Timestamp = new Date(cloud.clock.now());
    const second = await put(name, "2");
    await put(name, "3");
    const from = async (ShardIteratorType: "LATEST", more: object = {}) =>
      (await readAll(kinesis, name, { ShardIteratorType, ...more })).map(textOf).join("");
    const type = (text: string) => text as "LATEST";
    expect(await from(type("TRIM_HORIZON"))).toBe("123");
    expect(await from(type("AT_TIMESTAMP"), { Timestamp })).toBe("23");
    expect(await from(type("AT_SEQUENCE_NUMBER"), { StartingSequenceNumber: second.SequenceNumber })).toBe("23");
    expect(await from(type("AFTER_SEQUENCE_NUMBER"), { StartingSequenceNumber: first.SequenceNumber })).toBe("23");
    expect(await from("LATEST")).toBe("");
    await cloud.clock.advance(1000);
    const latest = await iteratorOf(kinesis, name, { ShardIteratorType: "LATEST" });
    await put(name, "4");
    const { Records, MillisBehindLatest } = await kinesis.send(new GetRecordsCommand({ ShardIterator: latest }));
    expect([Records!.map(textOf), MillisBehindLatest]).toEqual([["4"], 0]);
  });

  test("pages continue where the last one ended, and report how far behind it is", async () => {
    const name = await newStream(kinesis);
    await put(name, "1");
    await put(name, "2");
    await cloud.clock.advance(30_000);
    await put(name, "3");
    const ShardIterator = await iteratorOf(kinesis, name);
    const one = await kinesis.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
    expect(one.Records!.map(textOf)).toEqual(["1"]);
    expect(one.MillisBehindLatest).toBeGreaterThanOrEqual(30_000);
    const two = await kinesis.send(new GetRecordsCommand({ ShardIterator: one.NextShardIterator, Limit: 10 }));
    expect([two.Records!.map(textOf), two.MillisBehindLatest]).toEqual([["2", "3"], 0]);
  });

  test("what is older than the retention can be read no longer", async () => {
    const name = await newStream(kinesis);
    await put(name, "old");
    await cloud.clock.advance(23 * 3600_000);
    await put(name, "new");
    await cloud.clock.advance(3600_000 + 1000);
    expect((await readAll(kinesis, name)).map(textOf)).toEqual(["new"]);
  });

  test("fails when an iterator is five minutes old, is none, or is of a stream that was deleted", async () => {
    const name = await newStream(kinesis);
    const ShardIterator = await iteratorOf(kinesis, name);
    const read = (iterator: string) => kinesis.send(new GetRecordsCommand({ ShardIterator: iterator }));
    await expect(read("nonsense")).rejects.toMatchObject({
      name: "InvalidArgumentException",
      message: "Invalid ShardIterator.",
    });
    await cloud.clock.advance(301_000);
    await expect(read(ShardIterator)).rejects.toMatchObject({
      name: "ExpiredIteratorException",
      message: expect.stringMatching(
        /^Iterator expired\. The iterator was created at time \w{3} \w{3} \d\d [\d:]{8} UTC \d{4} while right now it is .* tolerated delay of 300000 milliseconds\.$/,
      ) as string,
    });
    const fresh = await iteratorOf(kinesis, name);
    await kinesis.send(new DeleteStreamCommand({ StreamName: name }));
    await newStream(kinesis, { StreamName: name });
    await expect(read(fresh)).rejects.toMatchObject({ name: "InvalidArgumentException" });
  });

  test("fails when a position does not fit its type, its shard or the time", async () => {
    const name = await newStream(kinesis, { ShardCount: 2 });
    const { SequenceNumber, ShardId } = await put(name, "x");
    const other = ShardId === SHARD ? "shardId-000000000001" : SHARD;
    const ask = (more: object) =>
      kinesis.send(new GetShardIteratorCommand({ StreamName: name, ShardId: other, ...more } as never));
    await expect(
      ask({ ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: SequenceNumber }),
    ).rejects.toMatchObject({
      message: `Invalid StartingSequenceNumber. It encodes ${ShardId}, while it was used in a call to a shard with ${other}`,
    });
    await expect(ask({ ShardIteratorType: "AT_SEQUENCE_NUMBER" })).rejects.toMatchObject({
      message: expect.stringContaining("Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber.") as string,
    });
    await expect(ask({ ShardIteratorType: "AT_TIMESTAMP" })).rejects.toMatchObject({
      message: expect.stringContaining("Must specify timestampInMillis parameter") as string,
    });
    const Timestamp = new Date(cloud.clock.now() + 60_000);
    await expect(ask({ ShardIteratorType: "AT_TIMESTAMP", Timestamp })).rejects.toMatchObject({
      message: expect.stringContaining("cannot be greater than the currentTimestampInMillis") as string,
    });
    await expect(ask({ ShardIteratorType: "LATEST", ShardId: "shardId-000000000009" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `Could not find shard shardId-000000000009 in stream ${name} under account 000000000000.`,
    });
    await expect(ask({ ShardIteratorType: "SOON" })).rejects.toMatchObject({ name: "ValidationException" });
  });
});
