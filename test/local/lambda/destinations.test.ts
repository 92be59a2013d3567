import {
  CreateEventSourceMappingCommand,
  PutFunctionEventInvokeConfigCommand,
  type PutFunctionEventInvokeConfigCommandInput,
} from "@aws-sdk/client-lambda";
import { CreateTableCommand, DynamoDBClient, PutItemCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { CreateRoleCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LambdaFixture, startLambda } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
let sqs: SQSClient;
let count = 0;

const CODE = `exports.handler = async (event) => {
  if (event.fail || event.Records) throw new Error("failed on purpose");
  return { answer: event.n };
};`;

beforeAll(async () => {
  fixture = await startLambda();
  sqs = fixture.cloud.client(SQSClient);
});

afterAll(() => fixture.cloud.stop());

async function newQueue(): Promise<{ url: string; arn: string }> {
  const QueueName = `records-${count++}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
  return { url: QueueUrl!, arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}` };
}

async function next(QueueUrl: string): Promise<Message> {
  let found: Message | undefined;
  const receive = new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] });
  await expect.poll(async () => (found = (await sqs.send(receive)).Messages?.[0])).toBeDefined();
  return found!;
}

async function newFunction(
  config: Omit<PutFunctionEventInvokeConfigCommandInput, "FunctionName">,
  more: Parameters<LambdaFixture["make"]>[2] = {},
): Promise<string> {
  const name = `teller-${count++}`;
  await fixture.make(name, CODE, more);
  await fixture.lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: name, ...config }));
  return name;
}

const leave = (name: string, event: object) => fixture.call(name, event, { InvocationType: "Event" });

test("a queue receives an event's result, in AWS's shape", async () => {
  const queue = await newQueue();
  const DestinationConfig = { OnSuccess: { Destination: queue.arn }, OnFailure: { Destination: queue.arn } };
  const name = await newFunction({ DestinationConfig, MaximumRetryAttempts: 0 });
  await leave(name, { n: 7 });
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${name}:$LATEST`;
  expect(JSON.parse((await next(queue.url)).Body!)).toEqual({
    version: "1.0",
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    requestContext: { requestId: expect.any(String), functionArn, condition: "Success", approximateInvokeCount: 1 },
    requestPayload: { n: 7 },
    responseContext: { statusCode: 200, executedVersion: "$LATEST" },
    responsePayload: { answer: 7 },
  });
});

test("a failure is reported after its retries, and becomes a dead letter with its reason", async () => {
  const [queue, dead] = [await newQueue(), await newQueue()];
  const DestinationConfig = { OnFailure: { Destination: queue.arn } };
  const name = await newFunction(
    { DestinationConfig, MaximumRetryAttempts: 1 },
    { DeadLetterConfig: { TargetArn: dead.arn } },
  );
  await leave(name, { fail: true, n: 1 });
  // The second attempt is due a minute after the first has failed, which the machine does in its own time.
  const advancing = setInterval(() => void fixture.cloud.clock.advance(61_000), 1000);
  const told = JSON.parse((await next(queue.url)).Body!) as Record<string, object>;
  clearInterval(advancing);
  expect(told).toMatchObject({
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 2 },
    responseContext: { functionError: "Unhandled" },
    responsePayload: { errorMessage: "failed on purpose" },
  });
  const letter = await next(dead.url);
  expect(JSON.parse(letter.Body!)).toEqual({ fail: true, n: 1 });
  expect(letter.MessageAttributes).toMatchObject({
    RequestID: { DataType: "String" },
    ErrorCode: { DataType: "Number", StringValue: "200" },
    ErrorMessage: { StringValue: "failed on purpose" },
  });
});

test("a topic passes the record on", async () => {
  const queue = await newQueue();
  const sns = fixture.cloud.client(SNSClient);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "told" }));
  const allow = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queue.arn,
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [allow] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: queue.arn,
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  const name = await newFunction({ DestinationConfig: { OnSuccess: { Destination: TopicArn } } });
  await leave(name, { n: 3 });
  expect(JSON.parse((await next(queue.url)).Body!)).toMatchObject({ responsePayload: { answer: 3 } });
});

/** A role that Lambda may assume, with permission to invoke one function. */
async function newRole(Resource: string): Promise<string> {
  const iam = fixture.cloud.client(IAMClient);
  const RoleName = `sender-${count++}`;
  const Principal = { Service: "lambda.amazonaws.com" };
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }] };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  const allow = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [allow] });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "invoke", PolicyDocument }));
  return Role!.Arn!;
}

test("a function is invoked with the result where the sender's role allows it", async () => {
  const queue = await newQueue();
  const receiver = await newFunction({ DestinationConfig: { OnSuccess: { Destination: queue.arn } } });
  const Destination = `arn:aws:lambda:us-east-1:000000000000:function:${receiver}`;
  const DestinationConfig = { OnSuccess: { Destination } };
  const Role = await newRole(Destination);
  const refused = await newFunction({ DestinationConfig }, { Role });
  // Lambda takes no destination that the role may not send to: the permission is lost afterwards.
  const RoleName = Role.slice(Role.lastIndexOf("/") + 1);
  await fixture.cloud.client(IAMClient).send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "invoke" }));
  const allowed = await newFunction({ DestinationConfig }, { Role: await newRole(Destination) });
  await leave(refused, { n: 1 });
  await leave(allowed, { n: 2 });
  expect(JSON.parse((await next(queue.url)).Body!)).toMatchObject({
    requestPayload: { requestPayload: { n: 2 }, responsePayload: { answer: 2 } },
  });
});

/** A bucket, and how to wait for the only object in it. */
async function newBucket() {
  const s3 = fixture.cloud.client(S3Client, { forcePathStyle: true });
  const Bucket = `kept-${count++}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const kept = async () => {
    const list = async () => (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? [];
    await expect.poll(list, { interval: 50 }).toHaveLength(1);
    const [{ Key } = {}] = await list();
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(ContentType).toBe("application/json");
    return { key: Key!, record: JSON.parse(await Body!.transformToString()) as { readonly timestamp: string } };
  };
  return { arn: `arn:aws:s3:::${Bucket}`, kept };
}

/** The end of a key: day and second of the record, and what no other key has. */
function timeIn({ timestamp }: { readonly timestamp: string }): RegExp {
  const second = timestamp.slice(0, 19);
  return new RegExp(`${second.slice(0, 10).replaceAll("-", "/")}/${second.replaceAll(":", "\\.")}-[0-9a-f-]{36}$`);
}

test("a bucket keeps the record of a failure under its function's name and the time", async () => {
  const bucket = await newBucket();
  const DestinationConfig = { OnFailure: { Destination: bucket.arn } };
  const name = await newFunction({ DestinationConfig, MaximumRetryAttempts: 0 });
  await leave(name, { fail: true });
  const { key, record } = await bucket.kept();
  expect(key).toMatch(new RegExp(`^aws/lambda/async/${name}/`));
  expect(key).toMatch(timeIn(record));
  expect(record).toMatchObject({
    version: "1.0",
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 1 },
    requestPayload: { fail: true },
    responseContext: { functionError: "Unhandled" },
    responsePayload: { errorMessage: "failed on purpose" },
  });
});

test("a bucket fails to be a destination of successes", async () => {
  const { arn } = await newBucket();
  const name = await newFunction({ MaximumRetryAttempts: 0 });
  const DestinationConfig = { OnSuccess: { Destination: arn } };
  await expect(
    fixture.lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: name, DestinationConfig })),
  ).rejects.toMatchObject({
    name: "InvalidParameterValueException",
    message: `The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=${arn}), onFailure=null) is invalid.`,
  });
});

/** A table with a stream, whose changes a function fails for; the failures go to the target. */
async function failForChanges(target: string) {
  const name = await newFunction({ MaximumRetryAttempts: 0 });
  const dynamodb = fixture.cloud.client(DynamoDBClient);
  const TableName = `changes-${count++}`;
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    }),
  );
  const EventSourceArn = TableDescription!.LatestStreamArn!;
  const mapping = new CreateEventSourceMappingCommand({
    FunctionName: name,
    EventSourceArn,
    StartingPosition: "TRIM_HORIZON",
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: target } },
  });
  const { UUID } = await fixture.lambda.send(mapping);
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 10, minDelay: 0.1, maxDelay: 0.1 }, { TableName });
  await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: "1" } } }));
  return { EventSourceArn, UUID };
}

test("a discarded batch of a stream is reported with its place in the stream", async () => {
  const queue = await newQueue();
  const { EventSourceArn } = await failForChanges(queue.arn);
  const told = JSON.parse((await next(queue.url)).Body!) as object;
  expect(told).toMatchObject({
    requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 1 },
    DDBStreamBatchInfo: { batchSize: 1, streamArn: EventSourceArn, shardId: expect.stringMatching(/^shardId-/) },
  });
  expect(told).not.toHaveProperty("payload");
});

test("a bucket stores a discarded batch, with its records, under its mapping and shard", async () => {
  const bucket = await newBucket();
  const { EventSourceArn, UUID } = await failForChanges(bucket.arn);
  const { key, record } = await bucket.kept();
  const { shardId } = (record as unknown as { DDBStreamBatchInfo: { shardId: string } }).DDBStreamBatchInfo;
  expect(key.startsWith(`aws/lambda/${UUID}/${shardId}/`)).toBe(true);
  expect(key).toMatch(timeIn(record));
  expect(record).toMatchObject({
    requestContext: { condition: "RetryAttemptsExhausted" },
    payload: { Records: [{ eventSourceARN: EventSourceArn, dynamodb: { NewImage: { id: { S: "1" } } } }] },
  });
});
