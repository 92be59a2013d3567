import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { SendTaskSuccessCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { openScheduler, scheduleInput } from "../scheduler/scheduler-fixture.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  machines = new Machines(cloud);
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "files" }));
  await cloud.client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: "things",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
});

afterAll(() => cloud.stop());

const task = (resource: string, Parameters: object) => ({
  Call: { Type: "Task", Resource: `arn:aws:states:::${resource}`, Parameters, End: true },
});

describe("aws-sdk", () => {
  test("reads an object as text", async () => {
    await s3.send(new PutObjectCommand({ Bucket: "files", Key: "text", Body: "text data" }));
    const { output } = await machines.run(task("aws-sdk:s3:getObject", { Bucket: "files", Key: "text" }));
    expect(output).toMatchObject({ AcceptRanges: "bytes", Body: "text data", ContentLength: 9, Metadata: {} });
  });

  test.each([
    [{ a: 1 }, '{"a":1}'],
    [[1, 2], "[1,2]"],
    [0, "0"],
    ["text", "text"],
  ])("writes %j as an object", async (Body, text) => {
    const { status } = await machines.run(task("aws-sdk:s3:putObject", { Bucket: "files", Key: "made", Body }));
    expect(status).toBe("SUCCEEDED");
    const made = await s3.send(new GetObjectCommand({ Bucket: "files", Key: "made" }));
    expect(await made.Body!.transformToString()).toBe(text);
  });

  test("refuses a request that lacks a required member before the service sees it", async () => {
    const { error, cause } = await machines.run(task("aws-sdk:ssm:putParameter", { Name: "/app/name" }));
    expect(error).toBe("Ssm.ValidationException");
    expect(cause).toMatch(
      /^1 validation error detected: .*'value' failed to satisfy constraint: Member must not be null/,
    );
  });

  test("fails with the service's exception and where it came from", async () => {
    const { error, cause } = await machines.run(task("aws-sdk:s3:getObject", { Bucket: "files", Key: "none" }));
    expect(error).toBe("S3.NoSuchKeyException");
    expect(cause).toMatch(
      /^The specified key does not exist\. \(Service: S3, Status Code: 404, Request ID: [0-9a-f-]+, Extended Request ID: [0-9a-f-]+\)$/,
    );
  });

  test("spells the members of Step Functions with a capital letter", async () => {
    const { output } = await machines.run(task("aws-sdk:sfn:listActivities", { MaxResults: 1 }));
    expect(output).toEqual({ Activities: [] });
    const failed = await machines.run(
      task("aws-sdk:sfn:sendTaskSuccess", { TaskToken: "NoSuchTaskToken", Output: "{}" }),
    );
    expect(failed.error).toBe("Sfn.InvalidTokenException");
    expect(failed.cause).toMatch(/^Invalid Token: 'Invalid token' \(Service: Sfn, Status Code: 400, /);
  });

  test("takes a time as text: a workflow makes a schedule", async () => {
    const { scheduler, queues } = await openScheduler(cloud);
    const Arn = await queues.make("reminders");
    const input = { ...scheduleInput("reminder", "rate(1 day)", { Arn }), StartDate: "2999-01-01T00:00:00Z" };
    const { output } = await machines.run(task("aws-sdk:scheduler:createSchedule", input));
    expect(output).toEqual({ ScheduleArn: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/reminder" });
    const { StartDate } = await scheduler.send(new GetScheduleCommand({ Name: "reminder" }));
    expect(StartDate).toEqual(new Date("2999-01-01T00:00:00Z"));
  });

  test("fails by name for a service that is not supported", async () => {
    const { error, cause } = await machines.run(task("aws-sdk:ec2:describeVpcs", {}));
    expect({ error, cause }).toEqual({
      error: "States.Runtime",
      cause: "The local cloud does not support the service 'ec2' that the state 'Call' calls.",
    });
  });
});

describe("dynamodb", () => {
  test("writes and reads an item, and records the call", async () => {
    const Item = { id: { S: "1" }, data: { S: "Hello" } };
    const put = await machines.run(task("dynamodb:putItem", { TableName: "things", Item }));
    expect(put.output).toEqual({
      SdkHttpMetadata: expect.objectContaining({ HttpStatusCode: 200 }),
      SdkResponseMetadata: { RequestId: expect.any(String) },
    });
    const get = await machines.run(task("dynamodb:getItem", { TableName: "things", Key: { id: { S: "1" } } }));
    expect(get.output).toMatchObject({ Item });
  });

  test("fails in AWS's words, by the exceptions that its model knows", async () => {
    const missing = await machines.run(task("dynamodb:getItem", { TableName: "none", Key: { id: { S: "1" } } }));
    expect(missing.error).toBe("DynamoDB.ResourceNotFoundException");
    expect(missing.cause).toMatch(
      /^Requested resource not found \(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: [0-9a-f-]+; Proxy: null\)$/,
    );
    const invalid = await machines.run(task("dynamodb:putItem", { TableName: "things", Item: {} }));
    expect(invalid.error).toBe("DynamoDB.AmazonDynamoDBException");
    expect(invalid.cause).toContain("Error Code: ValidationException");
  });
});

describe("messages", () => {
  test("go to a queue as JSON, and a token in them brings the result in", async () => {
    const sqs = cloud.client(SQSClient);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "asked" }));
    const MessageBody = { "text.$": "$.text", "token.$": "$$.Task.Token" };
    const machine = await machines.create(task("sqs:sendMessage.waitForTaskToken", { QueueUrl, MessageBody }));
    const arn = await machines.start(machine, { text: "hi" });
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    const { text, token } = JSON.parse(Messages![0]!.Body!) as { text: string; token: string };
    await machines.client.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify({ text }) }));
    expect((await machines.ended(arn)).output).toBe('{"text":"hi"}');
    const submitted = (await machines.history(arn)).find(({ type }) => type === "TaskSubmitted");
    expect(JSON.parse(submitted!.taskSubmittedEventDetails!.output!)).toMatchObject({
      MD5OfMessageBody: expect.any(String),
      MessageId: expect.any(String),
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
  });

  test("fail in the words of SNS and of the event bus", async () => {
    const TopicArn = "arn:aws:sns:us-east-1:000000000000:none";
    const topic = await machines.run(task("sns:publish", { TopicArn, Message: { a: 1 } }));
    expect(topic.error).toBe("SNS.NotFoundException");
    expect(topic.cause).toMatch(/^Topic does not exist \(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; /);
    const entry = { Source: "some.source", DetailType: "t" };
    const Entries = [
      { ...entry, Detail: { a: 1 } },
      { ...entry, Detail: '"text"' },
    ];
    const bus = await machines.run(task("events:putEvents", { Entries }));
    expect(bus.error).toBe("EventBridge.FailedEntry");
    expect(JSON.parse(bus.cause!)).toEqual({
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." },
      ],
      FailedEntryCount: 1,
    });
  });
});

describe("states:startExecution.sync", () => {
  test("reports that it was submitted, and continues as soon as the other has ended", async () => {
    const StateMachineArn = await machines.create({ A: { Type: "Pass", Result: { done: true }, End: true } });
    const { output, arn } = await machines.run(
      task("states:startExecution.sync:2", { StateMachineArn, Input: { n: 1 } }),
    );
    expect(output).toMatchObject({ Status: "SUCCEEDED", Output: { done: true }, Input: { n: 1 } });
    expect((await machines.history(arn)).map(({ type }) => type).slice(2, 6)).toEqual([
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
    ]);
  });

  test("fails when the other fails, with all that is known of it", async () => {
    const StateMachineArn = await machines.create({ A: { Type: "Fail", Error: "SomeFailure", Cause: "why" } });
    const { error, cause } = await machines.run(task("states:startExecution.sync", { StateMachineArn }));
    expect(error).toBe("States.TaskFailed");
    expect(JSON.parse(cause!)).toMatchObject({ Error: "SomeFailure", Cause: "why", Status: "FAILED", Input: "{}" });
  });
});

describe("a task that is called off", () => {
  const waiting = { Wait: { Type: "Wait", Seconds: 9_000, End: true } };

  test("stops the execution that it waits for", async () => {
    const StateMachineArn = await machines.create(waiting);
    const states = task("states:startExecution.sync", { StateMachineArn, "Name.$": "$" });
    const timed = { Call: { ...states.Call, TimeoutSeconds: 100 } };
    const child = (name: string) => `${StateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    const begun = async (arn: string) => (await machines.history(arn)).some(({ type }) => type === "TaskSubmitted");

    const stopped = await machines.start(await machines.create(states), "first");
    await expect.poll(() => begun(stopped)).toBe(true);
    await machines.client.send(new StopExecutionCommand({ executionArn: stopped }));
    expect((await machines.ended(child("first"))).status).toBe("ABORTED");

    const late = await machines.start(await machines.create(timed), "second");
    await expect.poll(() => begun(late)).toBe(true);
    await cloud.clock.advance(101_000);
    expect(await machines.ended(late)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    expect((await machines.ended(child("second"))).status).toBe("ABORTED");
  });

  test("refuses what comes in under its token afterwards", async () => {
    const sqs = cloud.client(SQSClient);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "late" }));
    const states = task("sqs:sendMessage.waitForTaskToken", { QueueUrl, "MessageBody.$": "$$.Task.Token" });
    const arn = await machines.start(await machines.create({ Call: { ...states.Call, TimeoutSeconds: 100 } }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    await cloud.clock.advance(101_000);
    expect(await machines.ended(arn)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    const answer = new SendTaskSuccessCommand({ taskToken: Messages![0]!.Body, output: "{}" });
    await expect(machines.client.send(answer)).rejects.toMatchObject({ name: "TaskTimedOut" });
  });
});
