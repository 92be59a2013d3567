import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import type { Message } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startEvents, type EventsFixture } from "../eventbridge/events-fixture.ts";
import { openScheduler, type SchedulerFixture } from "./scheduler-fixture.ts";

const ONCE = "rate(1 day)";
const SDK = "arn:aws:scheduler:::aws-sdk";
const MINUTE_MS = 60_000;

let events: EventsFixture;
let fixture: SchedulerFixture;
let DeadLetterConfig: { readonly Arn: string };

beforeAll(async () => {
  events = await startEvents();
  fixture = await openScheduler(events.cloud);
  DeadLetterConfig = { Arn: await fixture.queues.make("dead") };
});
afterAll(() => fixture.cloud.stop());

function attributesOf({ MessageAttributes = {} }: Message): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]));
}

test("a request that the target refuses is a dead letter at once", async () => {
  const Input = JSON.stringify({ QueueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/no", MessageBody: "hi" });
  const arn = await fixture.schedule("refused", ONCE, { Arn: `${SDK}:sqs:sendMessage`, Input, DeadLetterConfig });
  const [message] = await fixture.queues.take("dead");
  expect(message!.Body).toBe(Input);
  expect(attributesOf(message!)).toEqual({
    ERROR_CODE: "AWS.SimpleQueueService.NonExistentQueue",
    ERROR_MESSAGE: "The specified queue does not exist.",
    EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    IS_PAYLOAD_TRUNCATED: "false",
    RETRY_ATTEMPTS: "0",
    SCHEDULED_TIME: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    SCHEDULE_ARN: arn,
    TARGET_ARN: `${SDK}:sqs:sendMessage`,
  });
});

test("a call that the role may not make becomes a dead letter with the call", async () => {
  const RoleArn = await fixture.role("narrow", { actions: ["sqs:SendMessage"], resources: [DeadLetterConfig.Arn] });
  const Arn = await fixture.queues.make("forbidden");
  await fixture.schedule("forbidden", ONCE, { Arn, RoleArn, Input: "hi", DeadLetterConfig });
  const [message] = await fixture.queues.take("dead");
  expect(JSON.parse(message!.Body!)).toEqual({
    MessageBody: "hi",
    QueueUrl: `${fixture.cloud.endpoint}/000000000000/forbidden`,
  });
  const { ERROR_CODE, ERROR_MESSAGE, TARGET_ARN } = attributesOf(message!);
  expect(ERROR_CODE).toBe("AccessDeniedException");
  expect(ERROR_MESSAGE).toMatch(
    /^User: arn:aws:sts::000000000000:assumed-role\/narrow\/[0-9a-f]{16} is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:forbidden because no identity-based policy allows the sqs:sendmessage action$/,
  );
  expect(TARGET_ARN).toBe(`${SDK}:sqs:sendMessage`);
  expect(await fixture.queues.peek("forbidden")).toEqual([]);
});

test("a throttled target is tried again, as often as it is wanted, with the attempt's number", async () => {
  const arn = await events.listener("busy");
  const throttle = (count: number) =>
    events.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: "busy", ReservedConcurrentExecutions: count }),
    );
  await throttle(0);
  const target = {
    Arn: `${SDK}:lambda:invoke`,
    Input: JSON.stringify({
      FunctionName: arn,
      Payload: '["<aws.scheduler.attempt-number>","<aws.scheduler.execution-id>"]',
    }),
    DeadLetterConfig,
  };
  await fixture.schedule("often", ONCE, { ...target, RetryPolicy: { MaximumRetryAttempts: 2 } });
  await fixture.schedule("long", ONCE, { ...target, RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
  await fixture.schedule("endless", ONCE, target);
  const dead: Message[] = [];
  for (let end = Date.now() + 15_000; dead.length < 2 && Date.now() < end;) {
    await fixture.cloud.clock.advance(10_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    dead.push(...(await fixture.queues.peek("dead")));
  }
  const told = dead.map((message) => attributesOf(message));
  const of = (name: string) => told.find(({ SCHEDULE_ARN }) => SCHEDULE_ARN?.endsWith(name));
  expect(of("often")).toMatchObject({
    ERROR_CODE: "TooManyRequestsException",
    EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
    RETRY_ATTEMPTS: "2",
  });
  expect(of("long")).toMatchObject({ EXHAUSTED_RETRY_CONDITION: "MaximumEventAgeInSeconds" });
  await throttle(1);
  await eventually(async () => {
    await fixture.cloud.clock.advance(10 * MINUTE_MS);
    return (await events.heard("busy")).length === 1;
  });
  const [attempt, id] = (await events.heard("busy"))[0] as string[];
  expect(Number(attempt)).toBeGreaterThan(2);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
});

test("what happens is counted by group", async () => {
  await fixture.cloud.clock.advance(2 * MINUTE_MS);
  const cloudwatch = fixture.cloud.client(CloudWatchClient);
  const now = fixture.cloud.clock.now();
  const sumOf = async (MetricName: string) => {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: "AWS/Scheduler",
        MetricName,
        Dimensions: [{ Name: "ScheduleGroup", Value: "default" }],
        StartTime: new Date(now - 24 * 60 * MINUTE_MS),
        EndTime: new Date(now + MINUTE_MS),
        Period: 86_400,
        Statistics: ["Sum"],
      }),
    );
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  };
  await expect.poll(() => sumOf("InvocationsSentToDeadLetterCount")).toBe(4);
  expect(await sumOf("InvocationDroppedCount")).toBe(4);
  expect(await sumOf("TargetErrorCount")).toBe(2);
  expect(await sumOf("TargetErrorThrottledCount")).toBeGreaterThan(5);
  expect(await sumOf("InvocationAttemptCount")).toBeGreaterThan(8);
});

test("a universal target's call is made in the schedule's role", async () => {
  const QueueUrl = `${fixture.cloud.endpoint}/000000000000/universal`;
  const queueArn = await fixture.queues.make("universal");
  const toDead = { actions: ["sqs:SendMessage"], resources: [DeadLetterConfig.Arn] };
  const Input = JSON.stringify({ QueueUrl, MessageBody: "hi" });
  const target = { Arn: `${SDK}:sqs:sendMessage`, Input, DeadLetterConfig };
  await fixture.schedule("universal-no", ONCE, { ...target, RoleArn: await fixture.role("universal-no", toDead) });
  const [message] = await fixture.queues.take("dead");
  expect(attributesOf(message!)).toMatchObject({
    ERROR_CODE: "AccessDeniedException",
    ERROR_MESSAGE: expect.stringMatching(
      /assumed-role\/universal-no\/[0-9a-f]{16} is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:universal because/,
    ) as string,
  });
  const both = { actions: ["sqs:SendMessage"], resources: [DeadLetterConfig.Arn, queueArn] };
  await fixture.schedule("universal-yes", ONCE, { ...target, RoleArn: await fixture.role("universal-yes", both) });
  const [sent] = await fixture.queues.take("universal");
  expect(sent!.Body).toBe("hi");
});
