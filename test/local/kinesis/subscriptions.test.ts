import {
  DescribeStreamConsumerCommand,
  KinesisClient,
  PutRecordCommand,
  RegisterStreamConsumerCommand,
  SplitShardCommand,
  type SubscribeToShardEvent,
  SubscribeToShardCommand,
  type SubscribeToShardCommandInput,
} from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { newStream, SHARD, textOf } from "./kinesis-fixture.ts";

let cloud: TestCloud;
let kinesis: KinesisClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  kinesis = cloud.client(KinesisClient);
});
afterAll(() => cloud.stop());

const put = (StreamName: string, text: string) =>
  kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey: "k" }));

async function newConsumer(name: string): Promise<string> {
  const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
  const { Consumer } = await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "app" }));
  const ConsumerARN = Consumer!.ConsumerARN!;
  const statusOf = async () =>
    (await kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN }))).ConsumerDescription?.ConsumerStatus;
  await expect.poll(statusOf).toBe("ACTIVE");
  return ConsumerARN;
}

async function subscribe(ConsumerARN: string, more: Partial<SubscribeToShardCommandInput> = {}) {
  const StartingPosition = { Type: "TRIM_HORIZON" as const };
  const { EventStream } = await kinesis.send(
    new SubscribeToShardCommand({ ConsumerARN, ShardId: SHARD, StartingPosition, ...more }),
  );
  return EventStream![Symbol.asyncIterator]();
}

type Events = Awaited<ReturnType<typeof subscribe>>;

/** The next event that has records or is the last; undefined at the end. */
async function nextEvent(events: Events): Promise<SubscribeToShardEvent | undefined> {
  for (;;) {
    const { value, done } = (await events.next()) as IteratorResult<{ SubscribeToShardEvent?: SubscribeToShardEvent }>;
    if (done === true) return undefined;
    const event = (value as { SubscribeToShardEvent: SubscribeToShardEvent }).SubscribeToShardEvent;
    if (event.Records!.length > 0 || event.ChildShards !== undefined) return event;
  }
}

test("a consumer is pushed what is there and what comes, as it comes", async () => {
  const name = await newStream(kinesis);
  await put(name, "old");
  const events = await subscribe(await newConsumer(name));
  const first = await nextEvent(events);
  expect(first!.Records!.map(textOf)).toEqual(["old"]);
  expect(first).toMatchObject({
    MillisBehindLatest: 0,
    ContinuationSequenceNumber: first!.Records![0]!.SequenceNumber,
  });
  await put(name, "new");
  expect((await nextEvent(events))!.Records!.map(textOf)).toEqual(["new"]);
  await events.return?.();
});

test("a subscription continues where the one before ended, and ends after five minutes", async () => {
  const name = await newStream(kinesis);
  const consumer = await newConsumer(name);
  await put(name, "1");
  const before = await subscribe(consumer);
  const { ContinuationSequenceNumber: SequenceNumber } = (await nextEvent(before))!;
  await cloud.clock.advance(301_000);
  expect(await nextEvent(before)).toBeUndefined();
  await put(name, "2");
  const after = await subscribe(consumer, { StartingPosition: { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber } });
  expect((await nextEvent(after))!.Records!.map(textOf)).toEqual(["2"]);
  await after.return?.();
});

test("fails when a subscription is asked for within five seconds of another, which a later one ends", async () => {
  const name = await newStream(kinesis);
  const consumer = await newConsumer(name);
  const before = await subscribe(consumer);
  await expect(subscribe(consumer)).rejects.toMatchObject({ name: "ResourceInUseException" });
  await cloud.clock.advance(5001);
  const after = await subscribe(consumer);
  expect(await nextEvent(before)).toBeUndefined();
  await put(name, "x");
  expect((await nextEvent(after))!.Records!.map(textOf)).toEqual(["x"]);
  await after.return?.();
});

test("the last event of a shard that was split lists its children", async () => {
  const name = await newStream(kinesis);
  const events = await subscribe(await newConsumer(name));
  await put(name, "last");
  await kinesis.send(
    new SplitShardCommand({ StreamName: name, ShardToSplit: SHARD, NewStartingHashKey: (2n ** 127n).toString() }),
  );
  const told: SubscribeToShardEvent[] = [];
  for (let event = await nextEvent(events); event !== undefined; event = await nextEvent(events)) told.push(event);
  expect(told.flatMap(({ Records }) => Records!.map(textOf))).toEqual(["last"]);
  expect(told.at(-1)!.ChildShards!.map(({ ShardId }) => ShardId)).toEqual([
    "shardId-000000000001",
    "shardId-000000000002",
  ]);
});
