import { DynamoDBClient, CreateTableCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { CreateAliasCommand } from "@aws-sdk/client-lambda";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, startEvents, type EventsFixture } from "../eventbridge/events-fixture.ts";
import { newStream, readAll, textOf } from "../kinesis/kinesis-fixture.ts";
import { ANY_ROLE, openScheduler, type SchedulerFixture } from "./scheduler-fixture.ts";

const ONCE = "rate(1 day)";
const SDK = "arn:aws:scheduler:::aws-sdk";

let events: EventsFixture;
let fixture: SchedulerFixture;

beforeAll(async () => {
  events = await startEvents();
  fixture = await openScheduler(events.cloud);
});
afterAll(() => fixture.cloud.stop());

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string;

describe("a templated target", () => {
  test("is a function's alias, which gets an event of the Scheduler by default", async () => {
    const arn = await events.listener("heard");
    await events.lambda.send(
      new CreateAliasCommand({ FunctionName: "heard", Name: "live", FunctionVersion: "$LATEST" }),
    );
    const schedule = await fixture.schedule("function", ONCE, { Arn: `${arn}:live` });
    await eventually(async () => (await events.heard("heard")).length === 1);
    expect(await events.heard("heard")).toEqual([
      {
        version: "0",
        id: expect.any(String) as string,
        "detail-type": "Scheduled Event",
        source: "aws.scheduler",
        account: "000000000000",
        time: isoTime,
        region: "us-east-1",
        resources: [schedule],
        detail: "{}",
      },
    ]);
  });

  test("is a FIFO queue, within the configured group", async () => {
    const Arn = await fixture.queues.make("ordered.fifo");
    const arn = await fixture.schedule("ordered", ONCE, {
      Arn,
      Input:
        "<aws.scheduler.schedule-arn> <aws.scheduler.execution-id> <aws.scheduler.attempt-number> <aws.scheduler.x>",
      SqsParameters: { MessageGroupId: "g" },
    });
    const [message] = await fixture.queues.take("ordered.fifo");
    expect(message!.Body).toMatch(new RegExp(`^${arn} [0-9a-f]{16} 1 <aws\\.scheduler\\.x>$`));
  });

  test("is a topic", async () => {
    const sns = fixture.cloud.client(SNSClient);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "topic" }));
    const Endpoint = await fixture.queues.make("subscribed");
    const Statement = [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: Endpoint }];
    const QueueUrl = `${fixture.cloud.endpoint}/000000000000/subscribed`;
    const Attributes = { Policy: JSON.stringify({ Statement }) };
    await fixture.cloud.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const raw = { RawMessageDelivery: "true" };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes: raw }));
    await fixture.schedule("topic", ONCE, { Arn: TopicArn, Input: "hello" });
    expect(await fixture.queues.take("subscribed")).toMatchObject([{ Body: "hello" }]);
  });

  test("is a bus, with a source of its own", async () => {
    const Arn = await fixture.queues.make("from-bus");
    await events.events.send(new PutRuleCommand({ Name: "own", EventPattern: '{"source":["own.source"]}' }));
    await events.events.send(new PutTargetsCommand({ Rule: "own", Targets: [{ Id: "1", Arn }] }));
    await fixture.schedule("bus", ONCE, {
      Arn: "arn:aws:events:us-east-1:000000000000:event-bus/default",
      EventBridgeParameters: { Source: "own.source", DetailType: "due" },
      Input: '{"at":"<aws.scheduler.scheduled-time>"}',
    });
    const [message] = await fixture.queues.take("from-bus");
    expect(JSON.parse(message!.Body!)).toMatchObject({ "detail-type": "due", detail: { at: isoTime } });
  });

  test("is a workflow", async () => {
    const sfn = fixture.cloud.client(SFNClient);
    const definition = JSON.stringify({ StartAt: "Pass", States: { Pass: { Type: "Pass", End: true } } });
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({ name: "flow", definition, roleArn: ANY_ROLE }),
    );
    await fixture.schedule("flow", ONCE, { Arn: stateMachineArn, Input: '{"a":1}' });
    const list = () => sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    await eventually(async () => (await list()).executions?.[0]?.status === "SUCCEEDED");
    const [execution] = (await list()).executions!;
    const told = await sfn.send(new DescribeExecutionCommand({ executionArn: execution!.executionArn }));
    expect(told.input).toBe('{"a":1}');
  });

  test("is a stream", async () => {
    const kinesis = fixture.cloud.client(KinesisClient);
    const name = await newStream(kinesis, { ShardCount: 1 });
    const Arn = `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
    await fixture.schedule("stream", ONCE, { Arn, KinesisParameters: { PartitionKey: "k" }, Input: "text" });
    await eventually(async () => (await readAll(kinesis, name)).length === 1);
    const [record] = await readAll(kinesis, name);
    expect([textOf(record!), record!.PartitionKey]).toEqual(["text", "k"]);
  });
});

describe("a universal target", () => {
  test("puts an item, with attributes of its own spelling", async () => {
    const dynamodb = fixture.cloud.client(DynamoDBClient);
    const TableName = "items";
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    const Item = { id: { S: "<aws.scheduler.scheduled-time>" }, data: { B: "Ynl0ZXM=" }, small: { N: "1" } };
    await fixture.schedule("item", ONCE, {
      Arn: `${SDK}:dynamodb:putItem`,
      Input: JSON.stringify({ TableName, Item }),
    });
    const { CreationDate } = await fixture.scheduled("item");
    const id = { S: `${CreationDate!.toISOString().slice(0, 19)}Z` };
    const get = () => dynamodb.send(new GetItemCommand({ TableName, Key: { id } }));
    await eventually(async () => (await get()).Item !== undefined);
    expect((await get()).Item?.["small"]).toEqual({ N: "1" });
  });

  test("invokes a function, and starts an execution by names with a capital letter", async () => {
    const arn = await events.listener("universal");
    const Payload = '{"hello":1}';
    const call = { FunctionName: arn, InvocationType: "Event", Payload };
    await fixture.schedule("invoke", ONCE, { Arn: `${SDK}:lambda:invoke`, Input: JSON.stringify(call) });
    await eventually(async () => (await events.heard("universal")).length === 1);
    expect(await events.heard("universal")).toEqual([{ hello: 1 }]);
    const start = { StateMachineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:flow", Name: "by-schedule" };
    await fixture.schedule("start", ONCE, { Arn: `${SDK}:sfn:startExecution`, Input: JSON.stringify(start) });
    const executionArn = "arn:aws:states:us-east-1:000000000000:execution:flow:by-schedule";
    const describeIt = () => fixture.cloud.client(SFNClient).send(new DescribeExecutionCommand({ executionArn }));
    await eventually(() =>
      describeIt()
        .then(({ status }) => status === "SUCCEEDED")
        .catch(() => false),
    );
    expect(await describeIt()).toMatchObject({ status: "SUCCEEDED" });
  });

  test("reaches a service whose name is of several words or letters", async () => {
    const parameter = { Name: "/due", Value: "yes", Type: "String" };
    await fixture.schedule("parameter", ONCE, { Arn: `${SDK}:ssm:putParameter`, Input: JSON.stringify(parameter) });
    const secret = { Name: "due", SecretString: "yes" };
    await fixture.schedule("secret", ONCE, {
      Arn: `${SDK}:secretsmanager:createSecret`,
      Input: JSON.stringify(secret),
    });
    const get = () => fixture.cloud.client(SSMClient).send(new GetParameterCommand({ Name: "/due" }));
    await eventually(() =>
      get()
        .then(({ Parameter }) => Parameter?.Value === "yes")
        .catch(() => false),
    );
    const secretOf = () => fixture.cloud.call("secrets-manager", "GetSecretValue", { SecretId: "due" });
    await eventually(() =>
      secretOf()
        .then(({ SecretString }) => SecretString === "yes")
        .catch(() => false),
    );
    expect((await get()).Parameter?.Value).toBe("yes");
  });
});
