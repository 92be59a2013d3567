import { KinesisClient, RegisterStreamConsumerCommand } from "@aws-sdk/client-kinesis";
import { cbor, tag } from "@smithy/core/cbor";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { newStream, SHARD } from "./kinesis-fixture.ts";

let cloud: TestCloud;
let kinesis: KinesisClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  kinesis = cloud.client(KinesisClient);
});
afterAll(() => cloud.stop());

/** Asks as the SDK for Java does. */
function send(operation: string, input: object, signal?: AbortSignal): Promise<Response> {
  return fetch(cloud.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-cbor-1.1",
      "x-amz-target": `Kinesis_20131202.${operation}`,
      authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, Signature=x",
    },
    body: Buffer.from(cbor.serialize(input)),
    ...(signal && { signal }),
  });
}

async function ask(operation: string, input: object): Promise<Record<string, never>> {
  const response = await send(operation, input);
  expect(response.headers.get("content-type")).toBe("application/x-amz-cbor-1.1");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return (bytes.length === 0 ? {} : cbor.deserialize(bytes)) as Record<string, never>;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
/** A time is tagged 1, as seconds since the epoch are. */
const time = (value: number) => tag({ tag: 1, value });

test("records go there and back in CBOR, with times in milliseconds", async () => {
  const StreamName = await newStream(kinesis);
  const put = await ask("PutRecord", { StreamName, PartitionKey: "k", Data: Buffer.from("hello") });
  expect(put).toMatchObject({ ShardId: SHARD });
  const { ShardIterator } = await ask("GetShardIterator", {
    StreamName,
    ShardId: SHARD,
    ShardIteratorType: "AT_TIMESTAMP",
    Timestamp: time(cloud.clock.now() - 60_000),
  });
  const { Records } = (await ask("GetRecords", { ShardIterator })) as unknown as {
    Records: { Data: Uint8Array; ApproximateArrivalTimestamp: { value: number } }[];
  };
  expect(Records.map(({ Data }) => text(Data))).toEqual(["hello"]);
  expect(Math.abs(Records[0]!.ApproximateArrivalTimestamp.value - cloud.clock.now())).toBeLessThan(60_000);
});

test("a refusal has its name and words in CBOR", async () => {
  const response = await send("DescribeStream", { StreamName: "missing" });
  expect(response.status).toBe(400);
  expect(cbor.deserialize(new Uint8Array(await response.arrayBuffer()))).toEqual({
    __type: "ResourceNotFoundException",
    message: "Stream missing under account 000000000000 not found.",
  });
});

test("a consumer is pushed events in CBOR", async () => {
  const StreamName = await newStream(kinesis);
  await ask("PutRecord", { StreamName, PartitionKey: "k", Data: Buffer.from("pushed") });
  const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
  const { Consumer } = await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "java" }));
  await cloud.clock.advance(1000);
  const ending = new AbortController();
  const StartingPosition = { Type: "TRIM_HORIZON" };
  const input = { ConsumerARN: Consumer!.ConsumerARN, ShardId: SHARD, StartingPosition };
  const { body } = await send("SubscribeToShard", input, ending.signal);
  const types: unknown[] = [];
  let pushed: { Records: { Data: Uint8Array }[] } | undefined;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    for (let rest = chunk; rest.length > 0;) {
      const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0);
      const message = new EventStreamCodec(toUtf8, fromUtf8).decode(rest.subarray(0, length));
      types.push([message.headers[":event-type"]!.value, message.headers[":content-type"]?.value]);
      if (message.headers[":event-type"]!.value === "SubscribeToShardEvent")
        pushed = cbor.deserialize(message.body) as typeof pushed;
      rest = rest.subarray(length);
    }
    if (pushed !== undefined) break;
  }
  ending.abort();
  expect(types).toEqual([
    ["initial-response", "application/x-amz-cbor-1.1"],
    ["SubscribeToShardEvent", "application/x-amz-cbor-1.1"],
  ]);
  expect(pushed!.Records.map(({ Data }) => text(Data))).toEqual(["pushed"]);
});
