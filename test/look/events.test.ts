import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionUrlConfigCommand,
} from "@aws-sdk/client-lambda";
import { DynamoDBClient, CreateTableCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateStreamCommand, DescribeStreamCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runEventsList, runEventsShow } from "../../lib/cli/verbs/events-run.ts";
import { EVENT_SAMPLES } from "../../lib/events/samples.ts";
import { type LambdaFixture, startLambda } from "../local/lambda/lambda-fixture.ts";

let fixture: LambdaFixture;
const ARN = "arn:aws:lambda:us-east-1:000000000000:function:taker";

/** A function that each source calls: the local cloud keeps what it received. */
beforeAll(async () => {
  fixture = await startLambda();
  await fixture.make("taker", "exports.handler = async () => ({ statusCode: 200 });");
});

afterAll(() => fixture.cloud.stop());

/** The names of all members, with one row a path, and `[]` for the members of lists. */
function shapeOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((one) => shapeOf(one, `${path}[]`));
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => shapeOf(member, `${path}.${name}`));
}

/** The first event that `taker` received and that `isWanted` takes. */
async function received(isWanted: (event: string) => boolean): Promise<unknown> {
  const base = `${fixture.cloud.endpoint}/_tidegate/invocations/us-east-1/taker`;
  let found: string | undefined;
  await expect
    .poll(async () => {
      const ids = (await (await fetch(base)).json()) as { requestId: string }[];
      for (const { requestId } of ids) {
        const { payload } = (await (await fetch(`${base}/${requestId}`)).json()) as { payload: string };
        if (isWanted(payload)) found = payload;
      }
      return found;
    })
    .toBeDefined();
  return JSON.parse(found ?? "null");
}

function sample(name: string): unknown {
  return EVENT_SAMPLES.find((one) => one.name === name)?.build();
}

/** Members that a sample leaves out, or has besides, since they depend on the request. */
function differences(name: string, event: unknown, ignored: RegExp): string[] {
  const [expected, actual] = [new Set(shapeOf(sample(name))), new Set(shapeOf(event))];
  const onlyIn = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].filter((path) => !b.has(path));
  return [...onlyIn(expected, actual), ...onlyIn(actual, expected)].filter((path) => !ignored.test(path)).toSorted();
}

const NONE = /^$/;

describe("samples have the shape that the local cloud delivers", () => {
  it("sqs", async () => {
    const sqs = fixture.cloud.client(SQSClient);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
    const EventSourceArn = "arn:aws:sqs:us-east-1:000000000000:orders";
    await fixture.lambda.send(new CreateEventSourceMappingCommand({ FunctionName: "taker", EventSourceArn }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
    expect(differences("sqs", await received((event) => event.includes("aws:sqs")), NONE)).toEqual([]);
  });

  it("sns", async () => {
    const sns = fixture.cloud.client(SNSClient);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "orders" }));
    await allow("sns.amazonaws.com", "sns");
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "lambda", Endpoint: ARN }));
    await sns.send(new PublishCommand({ TopicArn, Message: "{}", Subject: "s" }));
    expect(differences("sns", await received((event) => event.includes("aws:sns")), NONE)).toEqual([]);
  });

  it("eventbridge", async () => {
    const events = fixture.cloud.client(EventBridgeClient);
    await allow("events.amazonaws.com", "events");
    await events.send(new PutRuleCommand({ Name: "all", EventPattern: '{"source":["shop"]}' }));
    await events.send(new PutTargetsCommand({ Rule: "all", Targets: [{ Id: "1", Arn: ARN }] }));
    const entry = { Source: "shop", DetailType: "OrderPlaced", Detail: '{"id":1,"item":"book"}', Resources: ["a"] };
    await events.send(new PutEventsCommand({ Entries: [entry] }));
    expect(differences("eventbridge", await received((event) => event.includes("OrderPlaced")), /resources/)).toEqual(
      [],
    );
  });

  it("dynamodb", async () => {
    const dynamodb = fixture.cloud.client(DynamoDBClient);
    const { TableDescription } = await dynamodb.send(
      new CreateTableCommand({
        TableName: "orders",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
    await map(TableDescription?.LatestStreamArn ?? "");
    await dynamodb.send(new PutItemCommand({ TableName: "orders", Item: { id: { S: "1" }, item: { S: "book" } } }));
    expect(differences("dynamodb", await received((event) => event.includes("aws:dynamodb")), NONE)).toEqual([]);
  });

  it("kinesis", async () => {
    const kinesis = fixture.cloud.client(KinesisClient);
    await kinesis.send(new CreateStreamCommand({ StreamName: "clicks", ShardCount: 1 }));
    const describe = () => kinesis.send(new DescribeStreamCommand({ StreamName: "clicks" }));
    await expect.poll(async () => (await describe()).StreamDescription?.StreamStatus).toBe("ACTIVE");
    await map((await describe()).StreamDescription?.StreamARN ?? "");
    await kinesis.send(new PutRecordCommand({ StreamName: "clicks", PartitionKey: "1", Data: Buffer.from("{}") }));
    expect(differences("kinesis", await received((event) => event.includes("aws:kinesis")), NONE)).toEqual([]);
  });

  it("function-url", async () => {
    const { FunctionUrl = "" } = await fixture.lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName: "taker", AuthType: "NONE" }),
    );
    // A URL that everyone may call needs both permissions.
    const everyone = { FunctionName: "taker", Principal: "*" };
    const url = { StatementId: "url", Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE" } as const;
    const itself = { StatementId: "itself", Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true };
    for (const one of [url, itself]) await fixture.lambda.send(new AddPermissionCommand({ ...everyone, ...one }));
    await fetch(`${FunctionUrl}orders`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    const event = await received((event) => event.includes('"rawPath"'));
    expect(differences("function-url", event, /^\.headers\./)).toEqual([]);
  });
});

async function allow(Principal: string, StatementId: string): Promise<void> {
  await fixture.lambda.send(
    new AddPermissionCommand({ FunctionName: "taker", StatementId, Action: "lambda:InvokeFunction", Principal }),
  );
}

async function map(EventSourceArn: string): Promise<void> {
  await fixture.lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: "taker", EventSourceArn, StartingPosition: "TRIM_HORIZON" }),
  );
}

describe("events", () => {
  it("lists a sample of every event source", async () => {
    const { lines } = await runEventsList();
    expect(lines).toHaveLength(EVENT_SAMPLES.length);
    expect(lines?.find((line) => line.startsWith("sqs"))).toBe("sqs             a message of a queue");
  });

  it.each(EVENT_SAMPLES.map(({ name }) => name))("shows %s: JSON, the same each time", async (type) => {
    const { lines = [], document } = await runEventsShow({ type });
    expect(JSON.parse(lines.join("\n"))).toEqual(document);
    expect((await runEventsShow({ type })).document).toEqual(document);
  });

  it("sets values of a sample", async () => {
    const set = [{ path: "Records.0.body.id", value: 7 }];
    const { document } = await runEventsShow({ type: "sqs", set });
    expect(document).toMatchObject({ Records: [{ body: '{"id":7,"item":"book"}' }] });
  });
});
