import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  CreateTableCommand,
  DeleteItemCommand,
  DisableKinesisStreamingDestinationCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy } from "../cloudformation/spine.ts";
import { newStream, readAll, textOf } from "../kinesis/kinesis-fixture.ts";

let cloud: TestCloud;
let dynamodb: DynamoDBClient;
let kinesis: KinesisClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  dynamodb = cloud.client(DynamoDBClient);
  kinesis = cloud.client(KinesisClient);
});
afterAll(() => cloud.stop());

const KEYS = {
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" as const }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
  BillingMode: "PAY_PER_REQUEST" as const,
};
const arnOf = (stream: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`;
const put = (TableName: string, id: string, more: object = {}) =>
  dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ...more } }));
const recordsOf = async (stream: string) =>
  (await readAll(kinesis, stream)).map((record) => JSON.parse(textOf(record)) as { eventName: string });
const POLL = { interval: 300, timeout: 10_000 };

async function newTable(TableName: string): Promise<void> {
  await dynamodb.send(new CreateTableCommand({ TableName, ...KEYS }));
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30 }, { TableName });
}

test("a table's changes go into its Kinesis stream, in AWS's shape and in order, until the stream is disconnected", async () => {
  const stream = await newStream(kinesis, { ShardCount: 1 });
  await newTable("orders");
  const destination = { TableName: "orders", StreamArn: arnOf(stream) };
  const EnableKinesisStreamingConfiguration = { ApproximateCreationDateTimePrecision: "MICROSECOND" as const };
  await dynamodb.send(
    new EnableKinesisStreamingDestinationCommand({ ...destination, EnableKinesisStreamingConfiguration }),
  );
  await put("orders", "a", { data: { B: Buffer.from("foobar") } });
  await put("orders", "a", { total: { N: "1" } });
  await put("orders", "a", { total: { N: "1" } });
  await dynamodb.send(new DeleteItemCommand({ TableName: "orders", Key: { id: { S: "a" } } }));
  await expect.poll(() => recordsOf(stream), POLL).toHaveLength(3);
  const records = await recordsOf(stream);
  expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "REMOVE"]);
  expect(records[0]).toEqual({
    awsRegion: "us-east-1",
    eventID: expect.any(String) as string,
    eventName: "INSERT",
    userIdentity: null,
    recordFormat: "application/json",
    tableName: "orders",
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number) as number,
      ApproximateCreationDateTimePrecision: "MICROSECOND",
      Keys: { id: { S: "a" } },
      NewImage: { id: { S: "a" }, data: { B: "Zm9vYmFy" } },
      SizeBytes: expect.any(Number) as number,
    },
    eventSource: "aws:dynamodb",
  });
  await dynamodb.send(new DisableKinesisStreamingDestinationCommand(destination));
  await put("orders", "b");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await recordsOf(stream)).toHaveLength(3);
});

test("changes wait for a stream that is not there yet", async () => {
  await newTable("early");
  const destination = { TableName: "early", StreamArn: arnOf("late") };
  await dynamodb.send(new EnableKinesisStreamingDestinationCommand(destination));
  await put("early", "a");
  await newStream(kinesis, { StreamName: "late", ShardCount: 1 });
  await cloud.clock.advance(60_000);
  await expect.poll(() => recordsOf("late"), POLL).toHaveLength(1);
});

test("a table of a stack has the stream that its template names", async () => {
  const client = cloud.client(CloudFormationClient);
  const Stream = { Type: "AWS::Kinesis::Stream", Properties: { Name: "stacked", ShardCount: 1 } };
  const template = (more: object) => ({
    Resources: {
      Stream,
      Table: { Type: "AWS::DynamoDB::Table", Properties: { ...KEYS, TableName: "stacked", ...more } },
    },
  });
  const KinesisStreamSpecification = { StreamArn: { "Fn::GetAtt": ["Stream", "Arn"] } };
  await deploy(client, "stacked", template({ KinesisStreamSpecification }), { ChangeSetType: "CREATE" });
  await put("stacked", "a");
  await expect.poll(() => recordsOf("stacked"), POLL).toHaveLength(1);
  expect((await deploy(client, "stacked", template({}))).StackStatus).toBe("UPDATE_COMPLETE");
  await put("stacked", "b");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await recordsOf("stacked")).toHaveLength(1);
});
