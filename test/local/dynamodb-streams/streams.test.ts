import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BatchWriteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type StreamViewType,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type ShardIteratorType,
  type _Record,
} from "@aws-sdk/client-dynamodb-streams";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { createSimpleTable } from "../dynamodb/simple-table.ts";

let cloud: TestCloud;
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;

beforeEach(async () => {
  cloud = await startTestCloud();
  client = cloud.client(DynamoDBClient);
  streams = cloud.client(DynamoDBStreamsClient);
});
afterEach(() => cloud.stop());

async function streamedTable(StreamViewType: StreamViewType = "NEW_AND_OLD_IMAGES"): Promise<string> {
  const table = await createSimpleTable(client, "streamed", {
    StreamSpecification: { StreamEnabled: true, StreamViewType },
  });
  return table.LatestStreamArn!;
}

async function iterator(StreamArn: string, type: ShardIteratorType, SequenceNumber?: string): Promise<string> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const { ShardId } = StreamDescription!.Shards![0]!;
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: type, SequenceNumber }),
  );
  return ShardIterator!;
}

async function records(StreamArn: string): Promise<_Record[]> {
  const ShardIterator = await iterator(StreamArn, "TRIM_HORIZON");
  return (await streams.send(new GetRecordsCommand({ ShardIterator }))).Records!;
}

const put = (Item: Record<string, { S: string }>) => client.send(new PutItemCommand({ TableName: "streamed", Item }));

describe("the records of a stream", () => {
  test("have the events, the images and the sizes that AWS was seen to give", async () => {
    const arn = await streamedTable();
    await put({ id: { S: "x" }, pk: { S: "Fred" } });
    await put({ id: { S: "x" }, pk: { S: "Fred" } }); // changes nothing: no record
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          streamed: [
            { PutRequest: { Item: { pk: { S: "Fred" }, name: { S: "Fred" } } } },
            { DeleteRequest: { Key: { pk: { S: "nobody" } } } },
          ],
        },
      }),
    );
    const found = await records(arn);
    expect(found.map(({ eventName, dynamodb }) => [eventName, dynamodb!.SizeBytes])).toEqual([
      ["INSERT", 6 + 9],
      ["MODIFY", 6 + 14 + 9],
    ]);
    expect(found[1]).toMatchObject({
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "us-east-1",
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      dynamodb: {
        Keys: { pk: { S: "Fred" } },
        OldImage: { id: { S: "x" }, pk: { S: "Fred" } },
        NewImage: { pk: { S: "Fred" }, name: { S: "Fred" } },
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
        StreamViewType: "NEW_AND_OLD_IMAGES",
        ApproximateCreationDateTime: expect.any(Date),
      },
    });
    expect(found[0]!.dynamodb!.SequenceNumber! < found[1]!.dynamodb!.SequenceNumber!).toBe(true);
  });

  test.each([
    ["KEYS_ONLY", false, false],
    ["NEW_IMAGE", true, false],
    ["OLD_IMAGE", false, true],
  ] as const)("of the view %s show just that", async (view, showsNew, showsOld) => {
    const arn = await streamedTable(view);
    await put({ pk: { S: "a" }, v: { S: "1" } });
    await put({ pk: { S: "a" }, v: { S: "2" } });
    const [, modified] = await records(arn);
    expect(modified!.dynamodb!.NewImage !== undefined).toBe(showsNew);
    expect(modified!.dynamodb!.OldImage !== undefined).toBe(showsOld);
  });

  test("name the service that removed an expired item", async () => {
    const arn = await streamedTable();
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: "streamed",
        TimeToLiveSpecification: { Enabled: true, AttributeName: "ends" },
      }),
    );
    const ends = Math.floor(cloud.clock.now() / 1000) + 30;
    await client.send(
      new PutItemCommand({ TableName: "streamed", Item: { pk: { S: "a" }, ends: { N: String(ends) } } }),
    );
    await cloud.clock.advance(2 * 60_000);
    const [, removed] = await records(arn);
    expect(removed).toMatchObject({
      eventName: "REMOVE",
      userIdentity: { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" },
    });
  });
});

describe("reading a stream", () => {
  test("continues from an iterator, and from a sequence number", async () => {
    const arn = await streamedTable();
    await put({ pk: { S: "1" } });
    const latest = await iterator(arn, "LATEST");
    await put({ pk: { S: "2" } });
    await put({ pk: { S: "3" } });
    const first = await streams.send(new GetRecordsCommand({ ShardIterator: latest, Limit: 1 }));
    expect(first.Records!.map(({ dynamodb }) => dynamodb!.Keys!["pk"]!.S)).toEqual(["2"]);
    const second = await streams.send(new GetRecordsCommand({ ShardIterator: first.NextShardIterator }));
    expect(second.Records!.map(({ dynamodb }) => dynamodb!.Keys!["pk"]!.S)).toEqual(["3"]);
    const { SequenceNumber } = first.Records![0]!.dynamodb!;
    for (const [type, expected] of [
      ["AT_SEQUENCE_NUMBER", ["2", "3"]],
      ["AFTER_SEQUENCE_NUMBER", ["3"]],
    ] as const) {
      const page = await streams.send(
        new GetRecordsCommand({ ShardIterator: await iterator(arn, type, SequenceNumber) }),
      );
      expect(page.Records!.map(({ dynamodb }) => dynamodb!.Keys!["pk"]!.S)).toEqual(expected);
    }
  });

  test("fails when the iterator is older than 15 minutes", async () => {
    const arn = await streamedTable();
    const ShardIterator = await iterator(arn, "LATEST");
    await cloud.clock.advance(16 * 60_000);
    await expect(streams.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
      name: "ExpiredIteratorException",
    });
  });

  test("drops records that are older than a day", async () => {
    const arn = await streamedTable();
    await put({ pk: { S: "old" } });
    await cloud.clock.advance(25 * 60 * 60_000);
    await put({ pk: { S: "new" } });
    expect((await records(arn)).map(({ dynamodb }) => dynamodb!.Keys!["pk"]!.S)).toEqual(["new"]);
  });

  test("comes to an end when the stream is switched off, and the table's next stream is another", async () => {
    const arn = await streamedTable();
    await put({ pk: { S: "a" } });
    await client.send(new UpdateTableCommand({ TableName: "streamed", StreamSpecification: { StreamEnabled: false } }));
    const page = await streams.send(new GetRecordsCommand({ ShardIterator: await iterator(arn, "TRIM_HORIZON") }));
    expect(page.Records).toHaveLength(1);
    expect(page.NextShardIterator).toBeUndefined();
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
    expect(StreamDescription!.StreamStatus).toBe("DISABLED");
    expect(StreamDescription!.Shards![0]!.SequenceNumberRange!.EndingSequenceNumber).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { TableDescription } = await client.send(
      new UpdateTableCommand({
        TableName: "streamed",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
      }),
    );
    expect(TableDescription!.LatestStreamArn).not.toBe(arn);
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName: "streamed" }));
    expect(Streams!.map(({ StreamArn }) => StreamArn)).toEqual([arn, TableDescription!.LatestStreamArn]);
  });

  test("of a deleted table remains readable for a day", async () => {
    const arn = await streamedTable();
    await put({ pk: { S: "a" } });
    await client.send(new DeleteTableCommand({ TableName: "streamed" }));
    expect(await records(arn)).toHaveLength(1);
    await cloud.clock.advance(25 * 60 * 60_000);
    await expect(streams.send(new DescribeStreamCommand({ StreamArn: arn }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test("survives a restart of the cloud", async () => {
    const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-streams-"));
    const before = await startTestCloud({ stateFolder });
    client = before.client(DynamoDBClient);
    streams = before.client(DynamoDBStreamsClient);
    const arn = await streamedTable();
    await put({ pk: { S: "a" } });
    const ShardIterator = await iterator(arn, "TRIM_HORIZON");
    await client.send(
      new UpdateItemCommand({
        TableName: "streamed",
        Key: { pk: { S: "a" } },
        UpdateExpression: "SET bytes = :b",
        ExpressionAttributeValues: { ":b": { B: new Uint8Array([0, 255]) } },
      }),
    );
    await before.stop();
    const after = await startTestCloud({ stateFolder });
    try {
      const page = await after.client(DynamoDBStreamsClient).send(new GetRecordsCommand({ ShardIterator }));
      expect(page.Records!.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY"]);
      expect(page.Records![1]!.dynamodb!.NewImage!["bytes"]!.B).toEqual(new Uint8Array([0, 255]));
    } finally {
      await after.stop();
      await rm(stateFolder, { recursive: true, force: true });
    }
  });
});
