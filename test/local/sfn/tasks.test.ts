import {
  CreateActivityCommand,
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartSyncExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LambdaFixture, startLambda } from "../lambda/lambda-fixture.ts";
import { Machines } from "./machine.ts";

let fixture: LambdaFixture;
let machines: Machines;

const ARN = "arn:aws:lambda:us-east-1:000000000000:function";
const INVOKE = "arn:aws:states:::lambda:invoke";
const CODE = `let calls = 0;
exports.handler = async (event) => {
  if (event.fail) throw Object.assign(new Error("out of tea"), { name: event.fail });
  if (event.until && ++calls < event.until) throw Object.assign(new Error("not yet"), { name: "NotYet" });
  return { got: event, calls };
};`;

beforeAll(async () => {
  fixture = await startLambda();
  machines = new Machines(fixture.cloud);
  await fixture.make("worker", CODE);
});

afterAll(() => fixture.cloud.stop());

const types = async (arn: string) => (await machines.history(arn)).map(({ type }) => type);

describe("a function", () => {
  test("named by its ARN gets the input and gives the result", async () => {
    const { output, arn } = await machines.run(
      { Work: { Type: "Task", Resource: `${ARN}:worker`, End: true } },
      { n: 1 },
    );
    expect(output).toEqual({ got: { n: 1 }, calls: 0 });
    expect(await types(arn)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "LambdaFunctionScheduled",
      "LambdaFunctionStarted",
      "LambdaFunctionSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
  });

  test("called by lambda:invoke answers as Lambda does", async () => {
    const Parameters = { FunctionName: "worker", "Payload.$": "$" };
    const states = { Work: { Type: "Task", Resource: INVOKE, Parameters, End: true } };
    const { output, arn } = await machines.run(states, { n: 2 });
    expect(output).toEqual({
      ExecutedVersion: "$LATEST",
      Payload: { got: { n: 2 }, calls: 0 },
      SdkHttpMetadata: expect.objectContaining({ HttpStatusCode: 200 }),
      SdkResponseMetadata: { RequestId: expect.any(String) },
      StatusCode: 200,
    });
    expect((await machines.history(arn))[2]).toMatchObject({
      type: "TaskScheduled",
      taskScheduledEventDetails: { resourceType: "lambda", resource: "invoke", region: "us-east-1" },
    });
  });

  test("that throws is known by its error's name, and caught by it", async () => {
    const Work = { Type: "Task", Resource: `${ARN}:worker`, End: true };
    const failed = await machines.run({ Work }, { fail: "TeaError" });
    expect(failed).toMatchObject({ status: "FAILED", error: "TeaError" });
    expect(JSON.parse(failed.cause!)).toMatchObject({ errorType: "TeaError", errorMessage: "out of tea" });
    const Catch = [{ ErrorEquals: ["TeaError"], ResultPath: "$.error", Next: "Over" }];
    const caught = await machines.run(
      { Work: { ...Work, Catch }, Over: { Type: "Pass", OutputPath: "$.error.Error", End: true } },
      { fail: "TeaError" },
    );
    expect(caught.output).toBe("TeaError");
  });

  test("that is not there fails in AWS's words", async () => {
    const states = { Work: { Type: "Task", Resource: INVOKE, Parameters: { FunctionName: "nobody" }, End: true } };
    const { error, cause } = await machines.run(states);
    expect(error).toBe("Lambda.ResourceNotFoundException");
    expect(cause).toMatch(/^Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody/);
  });

  test("is tried again as the retrier says, by the cloud's clock", async () => {
    const Retry = [{ ErrorEquals: ["NotYet"], IntervalSeconds: 100, BackoffRate: 2, MaxAttempts: 5 }];
    const machine = await machines.create({ Work: { Type: "Task", Resource: `${ARN}:worker`, Retry, End: true } });
    const arn = await machines.start(machine, { until: 3 });
    const failures = async () => (await types(arn)).filter((type) => type === "LambdaFunctionFailed").length;
    await expect.poll(failures).toBe(1);
    await fixture.cloud.clock.advance(99_000);
    expect(await failures()).toBe(1);
    await fixture.cloud.clock.advance(2_000);
    await expect.poll(failures).toBe(2);
    await fixture.cloud.clock.advance(201_000);
    expect((await machines.ended(arn)).status).toBe("SUCCEEDED");
  });

  test("fails when its retries are used up", async () => {
    const Retry = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 0, MaxAttempts: 2 }];
    const { status, error, arn } = await machines.run(
      { Work: { Type: "Task", Resource: `${ARN}:worker`, Retry, End: true } },
      { fail: "Always" },
    );
    expect({ status, error }).toEqual({ status: "FAILED", error: "Always" });
    expect((await types(arn)).filter((type) => type === "LambdaFunctionFailed")).toHaveLength(3);
  });
});

describe("a task token", () => {
  const states = {
    Ask: {
      Type: "Task",
      Resource: `${INVOKE}.waitForTaskToken`,
      Parameters: { FunctionName: "worker", Payload: { "token.$": "$$.Task.Token" } },
      HeartbeatSeconds: 600,
      End: true,
    },
  };

  async function begin(): Promise<{ arn: string; taskToken: string }> {
    const arn = await machines.start(await machines.create(states));
    const submitted = async () => (await machines.history(arn)).find(({ type }) => type === "TaskSubmitted");
    await expect.poll(submitted).toBeDefined();
    const { parameters } = (await machines.history(arn))[2]!.taskScheduledEventDetails!;
    return { arn, taskToken: (JSON.parse(parameters!) as { Payload: { token: string } }).Payload.token };
  }

  test("brings the result in", async () => {
    const { arn, taskToken } = await begin();
    await machines.client.send(new SendTaskSuccessCommand({ taskToken, output: '{"approved":true}' }));
    expect(await machines.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: '{"approved":true}' });
    const again = machines.client.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
    await expect(again).rejects.toMatchObject({ name: "TaskTimedOut" });
  });

  test("brings a failure in", async () => {
    const { arn, taskToken } = await begin();
    await machines.client.send(new SendTaskFailureCommand({ taskToken, error: "Refused", cause: "by the boss" }));
    expect(await machines.ended(arn)).toMatchObject({ status: "FAILED", error: "Refused", cause: "by the boss" });
  });

  test("fails the task when it is silent for longer than the heartbeat", async () => {
    const { arn, taskToken } = await begin();
    await fixture.cloud.clock.advance(400_000);
    await machines.client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await fixture.cloud.clock.advance(400_000);
    expect((await types(arn)).at(-1)).toBe("TaskSubmitted");
    await fixture.cloud.clock.advance(201_000);
    expect(await machines.ended(arn)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
  });

  test("that was never issued is refused", async () => {
    const call = machines.client.send(new SendTaskSuccessCommand({ taskToken: "made up", output: "{}" }));
    await expect(call).rejects.toMatchObject({ name: "InvalidToken" });
  });
});

test("an activity's worker fetches its task and answers it", async () => {
  const { activityArn } = await machines.client.send(new CreateActivityCommand({ name: "pack" }));
  const arn = await machines.start(
    await machines.create({ Pack: { Type: "Task", Resource: activityArn, End: true } }),
    { box: 1 },
  );
  const { taskToken, input } = await machines.client.send(
    new GetActivityTaskCommand({ activityArn, workerName: "anna" }),
  );
  expect(input).toBe('{"box":1}');
  await machines.client.send(new SendTaskSuccessCommand({ taskToken, output: '"packed"' }));
  expect((await machines.ended(arn)).output).toBe('"packed"');
  expect(await types(arn)).toEqual([
    "ExecutionStarted",
    "TaskStateEntered",
    "ActivityScheduled",
    "ActivityStarted",
    "ActivitySucceeded",
    "TaskStateExited",
    "ExecutionSucceeded",
  ]);
});

test("DynamoDB is called by its own integration and by the SDK's, and its errors keep their names", async () => {
  const table = {
    TableName: "orders",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" as const }],
    BillingMode: "PAY_PER_REQUEST" as const,
  };
  await fixture.cloud.client(DynamoDBClient).send(new CreateTableCommand(table));
  const put = { TableName: "orders", Item: { id: { "S.$": "$.id" } }, ConditionExpression: "attribute_not_exists(id)" };
  const states = {
    Put: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem",
      Parameters: put,
      ResultPath: null,
      Next: "Get",
    },
    Get: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:dynamodb:getItem",
      Parameters: { TableName: "orders", Key: { id: { "S.$": "$.id" } } },
      OutputPath: "$.Item.id.S",
      End: true,
    },
  };
  expect((await machines.run(states, { id: "o-1" })).output).toBe("o-1");
  expect(await machines.run(states, { id: "o-1" })).toMatchObject({
    error: "DynamoDB.ConditionalCheckFailedException",
  });
});

test("a workflow starts another and waits for it", async () => {
  const inner = await machines.create({
    Wait: { Type: "Wait", Seconds: 30, Next: "Out" },
    Out: { Type: "Pass", Result: { a: 1 }, End: true },
  });
  const states = {
    Start: {
      Type: "Task",
      Resource: "arn:aws:states:::states:startExecution.sync:2",
      Parameters: { StateMachineArn: inner, Input: { from: "outer" } },
      OutputPath: "$.Output",
      End: true,
    },
  };
  const arn = await machines.start(await machines.create(states));
  await expect.poll(async () => (await machines.history(arn)).length).toBeGreaterThan(3);
  for (let round = 0; round < 4; round++) await fixture.cloud.clock.advance(15_000);
  await expect
    .poll(
      async () => {
        await fixture.cloud.clock.advance(2_000);
        return (await machines.history(arn)).at(-1)!.type;
      },
      { timeout: 10_000 },
    )
    .toBe("ExecutionSucceeded");
  expect((await machines.ended(arn)).output).toBe('{"a":1}');
});

test("an express state machine answers at once", async () => {
  const machine = await machines.create(
    { Work: { Type: "Task", Resource: `${ARN}:worker`, End: true } },
    {},
    "EXPRESS",
  );
  const call = new StartSyncExecutionCommand({ stateMachineArn: machine, input: '{"n":9}' });
  const answer = await machines.client.send(call);
  expect(answer).toMatchObject({ status: "SUCCEEDED", billingDetails: { billedMemoryUsedInMB: 64 } });
  expect(JSON.parse(answer.output!)).toMatchObject({ got: { n: 9 } });
  const standard = await machines.create({ A: { Type: "Succeed" } });
  const refused = machines.client.send(new StartSyncExecutionCommand({ stateMachineArn: standard }));
  await expect(refused).rejects.toMatchObject({ name: "StateMachineTypeNotSupported" });
});
