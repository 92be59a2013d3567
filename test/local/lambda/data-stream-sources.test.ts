import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  KinesisClient,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LambdaFixture, ROLE, startLambda } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
let kinesis: KinesisClient;
let count = 0;

beforeAll(async () => {
  fixture = await startLambda();
  kinesis = fixture.cloud.client(KinesisClient);
});
afterAll(() => fixture.cloud.stop());

interface DataEvent {
  readonly Records: {
    readonly kinesis: { readonly data: string; readonly partitionKey: string; readonly sequenceNumber: string };
    readonly eventID: string;
  }[];
  readonly state?: { readonly sum?: number };
  readonly window?: { readonly start: string; readonly end: string };
  readonly isFinalInvokeForWindow?: boolean;
}

const textsOf = ({ Records }: DataEvent) =>
  Records.map((record) => Buffer.from(record.kinesis.data, "base64").toString());

async function newStream(ShardCount = 1): Promise<string> {
  const StreamName = `stream-${count++}`;
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  const statusOf = async () =>
    (await kinesis.send(new DescribeStreamCommand({ StreamName }))).StreamDescription?.StreamStatus;
  await expect.poll(statusOf, { interval: 20 }).toBe("ACTIVE");
  return StreamName;
}

const put = (StreamName: string, text: string, PartitionKey = "key") =>
  kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey }));
const putAll = (StreamName: string, texts: readonly string[]) =>
  kinesis.send(
    new PutRecordsCommand({
      StreamName,
      Records: texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: "key" })),
    }),
  );
const arnOf = (name: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;

/** A function on a stream that writes down what it gets, and then runs `answer`. */
async function connect(stream: string, answer = "", input: Partial<CreateEventSourceMappingCommandInput> = {}) {
  const name = `reader-${count++}`;
  const note = `${fixture.cloud.stateFolder}/${name}`;
  await fixture.make(
    name,
    `let calls = 0;
     const texts = (event) => event.Records.map((record) => Buffer.from(record.kinesis.data, "base64").toString());
     const write = (what) => require("fs").appendFileSync(${JSON.stringify(note)}, JSON.stringify(what) + "\\n");
     exports.handler = async (event) => { calls++; write(event); ${answer} }`,
  );
  const mapping = await fixture.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: arnOf(stream),
      StartingPosition: "TRIM_HORIZON",
      ...input,
    }),
  );
  const events = async () => {
    const text = await readFile(note, "utf8").catch(() => "");
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as DataEvent);
  };
  const batches = async () => (await events()).map((event) => textsOf(event).join(","));
  return { name, mapping, events, batches, all: async () => (await batches()).filter(Boolean).join(",") };
}

async function newQueue() {
  const sqs = fixture.cloud.client(SQSClient);
  const name = `failures-${count++}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const next = async () => {
    for (let end = Date.now() + 15_000; Date.now() < end;) {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      const [message] = Messages ?? [];
      if (message === undefined) continue;
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      return JSON.parse(message.Body!) as Record<string, object>;
    }
    throw new Error("Nothing came into the queue.");
  };
  return { QueueUrl, arn, next, sqs };
}

describe("a Kinesis stream", () => {
  test("brings its records to the function in order, in AWS's shape", async () => {
    const stream = await newStream();
    const { mapping, events, all } = await connect(stream);
    expect(mapping).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: false,
      DestinationConfig: { OnFailure: {} },
      EventSourceArn: arnOf(stream),
      FunctionResponseTypes: [],
      LastProcessingResult: "No records processed",
      MaximumRecordAgeInSeconds: -1,
      MaximumRetryAttempts: -1,
      ParallelizationFactor: 1,
      StartingPosition: "TRIM_HORIZON",
      State: "Creating",
      StateTransitionReason: "User action",
      TumblingWindowInSeconds: 0,
    });
    const { SequenceNumber } = await put(stream, "a");
    await put(stream, "b");
    await expect.poll(all).toBe("a,b");
    const [record] = (await events())[0]!.Records;
    expect(record).toEqual({
      awsRegion: "us-east-1",
      eventID: `shardId-000000000000:${SequenceNumber}`,
      eventName: "aws:kinesis:record",
      eventSource: "aws:kinesis",
      eventSourceARN: arnOf(stream),
      eventVersion: "1.0",
      invokeIdentityArn: ROLE,
      kinesis: {
        approximateArrivalTimestamp: expect.any(Number) as number,
        data: "YQ==",
        kinesisSchemaVersion: "1.0",
        partitionKey: "key",
        sequenceNumber: SequenceNumber,
      },
    });
  });

  test("is read by LATEST from the mapping on, and by AT_TIMESTAMP from that time on", async () => {
    const stream = await newStream();
    await put(stream, "old");
    await fixture.cloud.clock.advance(10_000);
    const StartingPositionTimestamp = new Date(fixture.cloud.clock.now());
    await put(stream, "middle");
    await fixture.cloud.clock.advance(10_000);
    const latest = await connect(stream, "", { StartingPosition: "LATEST" });
    const at = await connect(stream, "", { StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp });
    expect(at.mapping.StartingPositionTimestamp).toEqual(new Date(Math.floor(+StartingPositionTimestamp)));
    await put(stream, "new");
    await expect.poll(at.all).toBe("middle,new");
    await expect.poll(latest.all).toBe("new");
  });

  test("is read through a consumer, whose ARN the event names", async () => {
    const stream = await newStream();
    const { Consumer } = await kinesis.send(
      new RegisterStreamConsumerCommand({ StreamARN: arnOf(stream), ConsumerName: "own" }),
    );
    const { events, all } = await connect(stream, "", { EventSourceArn: Consumer!.ConsumerARN });
    await put(stream, "x");
    await expect.poll(all).toBe("x");
    expect((await events())[0]!.Records[0]).toMatchObject({ eventSourceARN: Consumer!.ConsumerARN });
  });

  test("comes in batches of the mapping's size, and waits for its window", async () => {
    const stream = await newStream();
    await putAll(stream, ["1", "2", "3", "4", "5"]);
    const small = await connect(stream, "", { BatchSize: 2 });
    await expect.poll(small.batches).toEqual(["1,2", "3,4", "5"]);
    const waiting = await connect(stream, "", { MaximumBatchingWindowInSeconds: 60 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await waiting.batches()).toEqual([]);
    await put(stream, "6");
    await expect.poll(async () => (await small.batches()).at(-1)).toBe("6");
    await new Promise((resolve) => setTimeout(resolve, 400));
    await fixture.cloud.clock.advance(61_000);
    await expect.poll(waiting.batches).toEqual(["1,2,3,4,5,6"]);
  });

  test("lets through what its filters match of the data", async () => {
    const stream = await newStream();
    const { batches } = await connect(stream, "", {
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"kind":["a"],"size":[{"numeric":[">",1]}]}}' }] },
    });
    await putAll(stream, ['{"kind":"a","size":1}', '{"kind":"a","size":2}', '{"kind":"b","size":3}', "no JSON"]);
    await expect.poll(batches).toEqual(['{"kind":"a","size":2}']);
  });

  test("fails to be mapped where it is not there, or the position does not fit", async () => {
    await expect(connect("nobody")).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: `Stream not found: ${arnOf("nobody")}`,
    });
    const stream = await newStream();
    await expect(connect(stream, "", { StartingPosition: "AT_TIMESTAMP" })).rejects.toMatchObject({
      message: "StartingPositionTimestamp is required when StartingPosition is AT_TIMESTAMP.",
    });
    await expect(connect(stream, "", { TumblingWindowInSeconds: 901 })).rejects.toMatchObject({
      message: expect.stringContaining("at 'tumblingWindowInSeconds' failed to satisfy constraint") as string,
    });
  });
});

describe("what fails", () => {
  const failing = "if (texts(event).includes('bad')) throw new Error('no');";

  test("is retried and discarded, and reported to a queue in AWS's shape", async () => {
    const stream = await newStream();
    const queue = await newQueue();
    const { batches, mapping, name } = await connect(stream, failing, {
      MaximumRetryAttempts: 1,
      BatchSize: 1,
      DestinationConfig: { OnFailure: { Destination: queue.arn } },
    });
    const { SequenceNumber } = await put(stream, "bad");
    await put(stream, "good");
    await expect.poll(batches).toEqual(["bad", "bad", "good"]);
    expect(await queue.next()).toEqual({
      KinesisBatchInfo: {
        approximateArrivalOfFirstRecord: expect.stringMatching(/\.\d{3}Z$/) as string,
        approximateArrivalOfLastRecord: expect.stringMatching(/\.\d{3}Z$/) as string,
        batchSize: 1,
        endSequenceNumber: SequenceNumber,
        shardId: "shardId-000000000000",
        startSequenceNumber: SequenceNumber,
        streamArn: arnOf(stream),
      },
      requestContext: {
        approximateInvokeCount: 2,
        condition: "RetryAttemptsExhausted",
        functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
        requestId: expect.any(String) as string,
      },
      responseContext: { executedVersion: "$LATEST", functionError: "Unhandled", statusCode: 200 },
      timestamp: expect.any(String) as string,
      version: "1.0",
    });
    const got = await fixture.lambda.send(new GetEventSourceMappingCommand({ UUID: mapping.UUID }));
    expect(got.LastProcessingResult).toBe("OK");
  });

  test("is reported to a topic too", async () => {
    const stream = await newStream();
    const queue = await newQueue();
    const sns = fixture.cloud.client(SNSClient);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `failures-${count++}` }));
    const allow = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: queue.arn };
    const Policy = JSON.stringify({ Statement: [allow] });
    await queue.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.QueueUrl, Attributes: { Policy } }));
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "sqs",
        Endpoint: queue.arn,
        Attributes: { RawMessageDelivery: "true" },
      }),
    );
    await connect(stream, failing, {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: TopicArn } },
    });
    await put(stream, "bad");
    expect(await queue.next()).toMatchObject({ KinesisBatchInfo: { batchSize: 1 } });
  });

  test("is halved until the bad record is alone", async () => {
    const stream = await newStream();
    await putAll(stream, ["1", "bad", "3", "4"]);
    const { batches } = await connect(stream, failing, { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 });
    await expect.poll(batches).toContain("3,4");
    expect((await batches()).slice(0, 3)).toEqual(["1,bad,3,4", "1,bad", "1"]);
  });

  test("is tried again from the first failure that the function reports", async () => {
    const stream = await newStream();
    await putAll(stream, ["1", "2", "3", "4"]);
    const answer = `if (calls === 1) return { batchItemFailures: [{ itemIdentifier: event.Records[2].kinesis.sequenceNumber }] };`;
    const { batches } = await connect(stream, answer, { FunctionResponseTypes: ["ReportBatchItemFailures"] });
    await expect.poll(batches).toEqual(["1,2,3,4", "3,4"]);
  });

  test("is discarded when it is too old, before and after it was tried", async () => {
    const stream = await newStream();
    const queue = await newQueue();
    await put(stream, "stale");
    await fixture.cloud.clock.advance(61_000);
    const { batches } = await connect(stream, failing, {
      MaximumRecordAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: queue.arn } },
    });
    expect((await queue.next())["requestContext"]).toMatchObject({
      condition: "RecordAgeExceeded",
      approximateInvokeCount: 0,
    });
    await put(stream, "bad");
    await expect.poll(async () => (await batches()).length).toBeGreaterThan(1);
    await fixture.cloud.clock.advance(61_000);
    // It may be resting before its next attempt, for a minute at most.
    await fixture.cloud.clock.advance(60_000);
    const told = (await queue.next())["requestContext"] as { condition: string; approximateInvokeCount: number };
    expect(told.condition).toBe("RecordAgeExceeded");
    expect(told.approximateInvokeCount).toBeGreaterThan(1);
    await put(stream, "good");
    await expect.poll(async () => (await batches()).at(-1)).toBe("good");
  });
});

describe("order", () => {
  test("holds within a key, and several keys of a shard are handled at once", async () => {
    const stream = await newStream();
    const answer = `write({ Records: event.Records, began: true }); await new Promise((resolve) => setTimeout(resolve, 300));`;
    const { events } = await connect(stream, answer, { ParallelizationFactor: 10, BatchSize: 1 });
    const keys = ["a", "b", "c", "d", "e", "f"];
    for (const n of [1, 2, 3]) for (const key of keys) await put(stream, `${key}${n}`, key);
    const done = async () => (await events()).filter((event) => !("began" in event));
    await expect.poll(async () => (await done()).length).toBe(18);
    const texts = (await done()).flatMap(textsOf);
    for (const key of keys)
      expect(texts.filter((text) => text.startsWith(key))).toEqual([`${key}1`, `${key}2`, `${key}3`]);
    expect(new Set(texts.slice(0, 3).map((text) => text[0])).size).toBeGreaterThan(1);
  });

  test("holds over a split and a merge: parents are done before their children begin", async () => {
    const stream = await newStream();
    for (const n of [1, 2, 3]) await put(stream, `p${n}`);
    const NewStartingHashKey = (2n ** 127n).toString();
    const [first, second, third] = [0, 1, 2].map((index) => `shardId-00000000000${index}`);
    await kinesis.send(new SplitShardCommand({ StreamName: stream, ShardToSplit: first, NewStartingHashKey }));
    for (const n of [1, 2, 3]) await put(stream, `c${n}`);
    await expect
      .poll(
        async () =>
          (await kinesis.send(new DescribeStreamCommand({ StreamName: stream }))).StreamDescription?.StreamStatus,
      )
      .toBe("ACTIVE");
    await kinesis.send(
      new MergeShardsCommand({ StreamName: stream, ShardToMerge: second, AdjacentShardToMerge: third }),
    );
    for (const n of [1, 2, 3]) await put(stream, `g${n}`);
    const slow = "await new Promise((resolve) => setTimeout(resolve, 100));";
    const { all } = await connect(stream, slow, { BatchSize: 1 });
    await expect.poll(all).toBe("p1,p2,p3,c1,c2,c3,g1,g2,g3");
  });
});

describe("a tumbling window", () => {
  const summing = `
    const sum = texts(event).map(Number).reduce((a, b) => a + b, event.state.sum ?? 0);
    if (event.isFinalInvokeForWindow) return;
    return { state: { sum } };`;

  test("carries the function's state from batch to batch, and ends with a call of its own", async () => {
    const stream = await newStream();
    const toMinute = 60_000 - (fixture.cloud.clock.now() % 60_000);
    await fixture.cloud.clock.advance(toMinute);
    const start = new Date(Math.floor(fixture.cloud.clock.now() / 60_000) * 60_000);
    const { events } = await connect(stream, summing, { TumblingWindowInSeconds: 60, BatchSize: 2 });
    await putAll(stream, ["1", "2", "3"]);
    await expect.poll(async () => (await events()).length).toBe(2);
    await fixture.cloud.clock.advance(60_000);
    await put(stream, "10");
    await expect.poll(async () => (await events()).length).toBe(4);
    const [one, two, final, next] = await events();
    const iso = (atMs: number) => `${new Date(atMs).toISOString().slice(0, 19)}Z`;
    expect(one).toMatchObject({
      state: {},
      window: { start: iso(+start), end: iso(+start + 60_000) },
      shardId: "shardId-000000000000",
      eventSourceARN: arnOf(stream),
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    });
    expect([textsOf(one!), two!.state, textsOf(two!)]).toEqual([["1", "2"], { sum: 3 }, ["3"]]);
    expect(final).toMatchObject({
      Records: [],
      state: { sum: 6 },
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly: false,
    });
    expect(next).toMatchObject({ state: {}, window: { start: iso(+start + 60_000) } });
    expect(textsOf(next!)).toEqual(["10"]);
  });

  test("ends by itself when nothing more comes, and early when its shard ends", async () => {
    const stream = await newStream();
    const { events } = await connect(stream, summing, { TumblingWindowInSeconds: 900 });
    await put(stream, "5");
    await expect.poll(async () => (await events()).length).toBe(1);
    await fixture.cloud.clock.advance(900_000);
    await expect.poll(async () => (await events()).length).toBe(2);
    expect((await events())[1]).toMatchObject({ state: { sum: 5 }, isFinalInvokeForWindow: true });
    await put(stream, "7");
    await expect.poll(async () => (await events()).length).toBe(3);
    await kinesis.send(
      new SplitShardCommand({
        StreamName: stream,
        ShardToSplit: "shardId-000000000000",
        NewStartingHashKey: (2n ** 127n).toString(),
      }),
    );
    await expect.poll(async () => (await events()).length).toBe(4);
    expect((await events())[3]).toMatchObject({
      state: { sum: 7 },
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly: true,
    });
  });

  test("fails a call that answers no state", async () => {
    const stream = await newStream();
    const { events, mapping } = await connect(stream, "if (calls > 1) return { state: { calls } };", {
      TumblingWindowInSeconds: 30,
    });
    await put(stream, "x");
    await expect.poll(async () => (await events()).length).toBeGreaterThanOrEqual(2);
    expect((await events()).slice(0, 2).map(textsOf)).toEqual([["x"], ["x"]]);
    await fixture.lambda.send(new DeleteEventSourceMappingCommand({ UUID: mapping.UUID }));
  });
});

test("a paused mapping continues where it was", async () => {
  const stream = await newStream();
  const { all, mapping } = await connect(stream);
  await put(stream, "1");
  await expect.poll(all).toBe("1");
  const set = (Enabled: boolean) =>
    fixture.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping.UUID, Enabled }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await set(false);
  await put(stream, "2");
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await all()).toBe("1");
  await set(true);
  await expect.poll(all).toBe("1,2");
});

test("a mapping continues with another stream of the same name, from its beginning", async () => {
  const stream = await newStream();
  const { all } = await connect(stream);
  await put(stream, "1");
  await expect.poll(all).toBe("1");
  await kinesis.send(new DeleteStreamCommand({ StreamName: stream }));
  await fixture.cloud.clock.advance(2000);
  await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 1 }));
  await fixture.cloud.clock.advance(1000);
  await put(stream, "2");
  await expect.poll(all).toBe("1,2");
});

test("the parallelization factor of a mapping is raised while it reads", async () => {
  const stream = await newStream();
  const { all, mapping } = await connect(stream, "", { BatchSize: 1 });
  await put(stream, "1");
  await expect.poll(all).toBe("1");
  const UUID = mapping.UUID;
  await fixture.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ParallelizationFactor: 4 }));
  await put(stream, "2");
  await expect.poll(all).toBe("1,2");
});

test("waiting records are delivered once, although the position where reading stopped has expired", async () => {
  const stream = await newStream();
  const { all } = await connect(stream, "await new Promise((resolve) => setTimeout(resolve, 800));", { BatchSize: 1 });
  for (const text of ["1", "2", "3"]) await put(stream, text);
  await expect.poll(all).toBe("1");
  await fixture.cloud.clock.advance(6 * 60_000);
  await put(stream, "4");
  await expect.poll(all).toBe("1,2,3,4");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await all()).toBe("1,2,3,4");
});
