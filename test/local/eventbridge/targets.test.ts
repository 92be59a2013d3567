import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { AddPermissionCommand, PublishVersionCommand } from "@aws-sdk/client-lambda";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newStream, readAll, textOf } from "../kinesis/kinesis-fixture.ts";
import { allowEvents, eventually, startEvents, type EventsFixture } from "./events-fixture.ts";
import { openQueues, type QueueFixture } from "./queue-fixture.ts";

let fixture: EventsFixture;
let queues: QueueFixture;
const RoleArn = "arn:aws:iam::000000000000:role/events";

beforeAll(async () => {
  fixture = await startEvents();
  queues = openQueues(fixture.cloud);
});

afterAll(() => fixture.cloud.stop());

const send = (Source: string, detail: object = { a: 1 }) =>
  fixture.put({ Source, DetailType: "t", Detail: JSON.stringify(detail) });

describe("a rule's target", () => {
  test("may be a FIFO queue, in the group that it names", async () => {
    const Arn = await queues.make("ordered.fifo");
    await fixture.rule("fifo", { source: ["fifo"] }, { Arn, SqsParameters: { MessageGroupId: "g" } });
    await send("fifo");
    expect(JSON.parse((await queues.take("ordered.fifo"))[0]!.Body!)).toMatchObject({ source: "fifo" });
  });

  test("may be a version of a function, which has its own permission", async () => {
    const Arn = await fixture.listener("versioned");
    await fixture.lambda.send(new PublishVersionCommand({ FunctionName: "versioned" }));
    await allowEvents(fixture.lambda, "versioned", "1");
    await fixture.rule("version", { source: ["version"] }, { Arn: `${Arn}:1` });
    await send("version");
    await eventually(async () => (await fixture.heard("versioned")).length === 1);
    expect(await fixture.heard("versioned")).toMatchObject([{ source: "version" }]);
  });

  test("may be a topic", async () => {
    const sns = fixture.cloud.client(SNSClient);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "news" }));
    const statement = { Effect: "Allow", Principal: "*", Action: ["sns:Publish", "sqs:SendMessage"], Resource: "*" };
    const AttributeValue = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
    const Arn = await fixture.listener("reader");
    await fixture.lambda.send(
      new AddPermissionCommand({
        FunctionName: "reader",
        StatementId: "sns",
        Action: "lambda:InvokeFunction",
        Principal: "sns.amazonaws.com",
      }),
    );
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "lambda", Endpoint: Arn }));
    await fixture.rule("topic", { source: ["topic"] }, { Arn: TopicArn! });
    await send("topic");
    await eventually(async () => (await fixture.heard("reader")).length === 1);
    const [{ Records }] = (await fixture.heard("reader")) as [{ Records: { Sns: { Message: string } }[] }];
    expect(JSON.parse(Records[0]!.Sns.Message)).toMatchObject({ source: "topic", detail: { a: 1 } });
  });

  test("may be a Kinesis stream, under a key of the event's or its id", async () => {
    const kinesis = fixture.cloud.client(KinesisClient);
    const name = await newStream(kinesis, { ShardCount: 1 });
    const Arn = `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
    const KinesisParameters = { PartitionKeyPath: "$.detail.customer" };
    await fixture.rule("stream", { source: ["stream"] }, { Arn, RoleArn, KinesisParameters });
    const [entry] = (await send("stream", { customer: "ann" })).Entries!;
    const { EventId } = (await send("stream")).Entries![0]!;
    const read = () => readAll(kinesis, name);
    await expect.poll(read, { interval: 300 }).toHaveLength(2);
    const records = await read();
    expect(new Set(records.map(({ PartitionKey }) => PartitionKey))).toEqual(new Set(["ann", EventId]));
    const ofAnn = records.find(({ PartitionKey }) => PartitionKey === "ann");
    expect(JSON.parse(textOf(ofAnn!))).toMatchObject({
      id: entry!.EventId,
      source: "stream",
      detail: { customer: "ann" },
    });
    await expect(fixture.rule("roleless", { source: ["x"] }, { Arn })).rejects.toMatchObject({
      message: `RoleArn is required for target ${Arn}.`,
    });
  });

  test("may be a log group", async () => {
    const logs = fixture.cloud.client(CloudWatchLogsClient);
    await logs.send(new CreateLogGroupCommand({ logGroupName: "/events/all" }));
    await fixture.rule(
      "logs",
      { source: ["logs"] },
      { Arn: "arn:aws:logs:us-east-1:000000000000:log-group:/events/all" },
    );
    await send("logs");
    const read = async () =>
      (await logs.send(new FilterLogEventsCommand({ logGroupName: "/events/all" }))).events ?? [];
    await eventually(async () => (await read()).length === 1);
    expect(JSON.parse((await read())[0]!.message!)).toMatchObject({ source: "logs" });
  });

  test("may be a state machine", async () => {
    const sfn = fixture.cloud.client(SFNClient);
    const definition = JSON.stringify({ StartAt: "P", States: { P: { Type: "Pass", End: true } } });
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({ name: "machine", definition, roleArn: RoleArn }),
    );
    await fixture.rule("machine", { source: ["machine"] }, { Arn: stateMachineArn!, RoleArn, InputPath: "$.detail" });
    await send("machine", { b: 2 });
    const list = async () => (await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];
    await eventually(async () => (await list())[0]?.status === "SUCCEEDED");
    const { executionArn } = (await list())[0]!;
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(input).toBe('{"b":2}');
  });

  test("may be another bus, which gets the event as it is", async () => {
    const { EventBusArn } = await fixture.events.send(new CreateEventBusCommand({ Name: "second" }));
    const Arn = await queues.make("behind");
    const rule = { Name: "behind", EventBusName: "second" };
    await fixture.events.send(new PutRuleCommand({ ...rule, EventPattern: '{"detail":{"a":[1]}}' }));
    const Targets = [{ Id: "1", Arn }];
    await fixture.events.send(new PutTargetsCommand({ Rule: "behind", EventBusName: "second", Targets }));
    await fixture.rule("onwards", { source: ["onwards"] }, { Arn: EventBusArn!, RoleArn });
    await send("onwards");
    expect(JSON.parse((await queues.take("behind"))[0]!.Body!)).toMatchObject({ source: "onwards", detail: { a: 1 } });
  });

  test("gets no event twice round a circle of buses for ever", async () => {
    const { EventBusArn } = await fixture.events.send(new CreateEventBusCommand({ Name: "circle" }));
    const Arn = await queues.make("round");
    await fixture.events.send(
      new PutRuleCommand({ Name: "round", EventBusName: "circle", EventPattern: '{"source":["round"]}' }),
    );
    const Targets = [
      { Id: "1", Arn: EventBusArn!, RoleArn },
      { Id: "2", Arn },
    ];
    await fixture.events.send(new PutTargetsCommand({ Rule: "round", EventBusName: "circle", Targets }));
    await fixture.put({ Source: "round", DetailType: "t", Detail: "{}", EventBusName: "circle" });
    await queues.take("round", 9);
    expect(await queues.peek("round")).toEqual([]);
  });
});
