import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateScheduleCommand, type CreateScheduleCommandInput, type Target } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ANY_ROLE, scheduleInput, startScheduler, type SchedulerFixture } from "./scheduler-fixture.ts";

const QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
const FIFO = `${QUEUE}.fifo`;
const LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:f:live";
const BUS = "arn:aws:events:us-east-1:000000000000:event-bus/default";
const SDK = "arn:aws:scheduler:::aws-sdk";

let fixture: SchedulerFixture;

beforeAll(async () => {
  fixture = await startScheduler();
});
afterAll(() => fixture.cloud.stop());

function create(target: Partial<Target>, more: Partial<CreateScheduleCommandInput> = {}): Promise<unknown> {
  const input = { ...scheduleInput("x", "rate(1 day)", { Arn: QUEUE, ...target }), ...more };
  return fixture.scheduler.send(new CreateScheduleCommand(input));
}

const refusal = (message: string | RegExp) => ({
  name: "ValidationException",
  message: typeof message === "string" ? message : (expect.stringMatching(message) as string),
  $metadata: expect.objectContaining({ httpStatusCode: 400 }) as object,
});

test.each([
  " rate(10 minutes)",
  "rate( 10 minutes )",
  "rate(-10 minutes)",
  "rate(foo minutes)",
  "cron()",
  "cron(0 1 * * * *)",
  "cron(7 20 * * NOT *)",
  "cron(71 8 1 * ? *)",
  "at(2026-02-31T00:00:00)",
])("fails when the expression is %j", async (ScheduleExpression) => {
  await expect(create({}, { ScheduleExpression })).rejects.toMatchObject(
    refusal(`Invalid Schedule Expression ${ScheduleExpression}.`),
  );
});

test.each<[string, Partial<CreateScheduleCommandInput>, string | RegExp]>([
  [
    "the zone is none",
    { ScheduleExpressionTimezone: "Mars/Olympus" },
    "Invalid Schedule Expression Timezone Mars/Olympus.",
  ],
  [
    "the name does not fit",
    { Name: "a b" },
    "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$",
  ],
  [
    "a window is given and not wanted",
    { FlexibleTimeWindow: { Mode: "OFF", MaximumWindowInMinutes: 5 } },
    "MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF.",
  ],
  [
    "a window is wanted and not given",
    { FlexibleTimeWindow: { Mode: "FLEXIBLE" } },
    "MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.",
  ],
  [
    "it starts too early",
    { StartDate: new Date(Date.now() - 3_600_000) },
    "The StartDate you specify cannot be earlier than 5 minutes ago.",
  ],
  [
    "it ends before it starts",
    { StartDate: new Date("2999-01-02"), EndDate: new Date("2999-01-01") },
    "The StartDate you specify must come before the EndDate.",
  ],
])("fails when %s", async (_what, more, message) => {
  await expect(create({}, more)).rejects.toMatchObject(refusal(message));
});

test.each<[string, Partial<Target>, string | RegExp]>([
  [
    "is in another region",
    { Arn: LAMBDA.replace("us-east-1", "eu-west-1") },
    "The target ARN provided does not match the current region us-east-1.",
  ],
  ["is not a target service", { Arn: "arn:aws:s3:::bucket" }, "s3 is not a supported service for a target."],
  ["has an ARN of another kind", { Arn: `${LAMBDA}:x:y` }, /^Parameter Arn is not valid/],
  [
    "is given parameters of another",
    { Arn: LAMBDA, SqsParameters: {} },
    "Parameters SqsParameters not supported for the target.",
  ],
  ["is a FIFO queue without a group", { Arn: FIFO }, "Parameters SqsParameters must be specified."],
  [
    "is not a FIFO queue and has a group",
    { SqsParameters: { MessageGroupId: "g" } },
    "Parameters MessageGroupId not valid for the target.",
  ],
  ["is a bus and says no source", { Arn: BUS }, "Parameters EventBridgeParameters must be specified."],
  [
    "is a bus and says a source of AWS",
    { Arn: BUS, EventBridgeParameters: { Source: "aws.s3", DetailType: "d" } },
    /Value 'aws.s3' at 'target.eventBridgeParameters.source' failed to satisfy constraint: Member must satisfy/,
  ],
  ["has an input that is not JSON", { Arn: LAMBDA, Input: "{" }, "JSON syntax error in input for the target."],
  [
    "is retried too often",
    { RetryPolicy: { MaximumRetryAttempts: 186 } },
    /Value '186' at 'target.retryPolicy.maximumRetryAttempts' failed.*Member must have value less than or equal to 185/,
  ],
  [
    "is retried too shortly",
    { RetryPolicy: { MaximumEventAgeInSeconds: 59 } },
    /Value '59' at 'target.retryPolicy.maximumEventAgeInSeconds'/,
  ],
  ["leaves dead letters in a FIFO queue", { DeadLetterConfig: { Arn: FIFO } }, /at 'target.deadLetterConfig.arn'/],
  ["only reads", { Arn: `${SDK}:sqs:getQueueUrl`, Input: "{}" }, "getQueueUrl API is not supported."],
  ["is not an operation", { Arn: `${SDK}:sqs:sendLetter`, Input: "{}" }, "sendLetter API is not supported."],
  [
    "is an operation without input",
    { Arn: `${SDK}:sqs:sendMessage` },
    "You must provide an input to set this target for your schedule.",
  ],
  [
    "is an operation that lacks something",
    { Arn: `${SDK}:sfn:startExecution`, Input: '{"stateMachineArn":"x"}' },
    "Invalid RequestJson provided. Reason Request payload is missing the following field(s): StateMachineArn.",
  ],
])("fails when the target %s", async (_what, target, message) => {
  await expect(create(target)).rejects.toMatchObject(refusal(message));
});

test.each([["arn:aws:ecs:us-east-1:000000000000:cluster/c"], [`${SDK}:ec2:startInstances`]])(
  "says by name that it does not support %s",
  async (Arn) => {
    await expect(create({ Arn, Input: "{}" })).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("The local cloud does not support") as string,
      $metadata: { httpStatusCode: 501 },
    });
  },
);

test("fails when the role trusts another principal, or the Scheduler for another purpose", async () => {
  const iam = fixture.cloud.client(IAMClient);
  const trust = (service: string, source: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        Condition: { ArnLike: { "aws:SourceArn": source } },
      },
    });
  const group = "arn:aws:scheduler:us-east-1:000000000000:schedule-group/default";
  const make = async (RoleName: string, AssumeRolePolicyDocument: string) =>
    (await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))).Role!.Arn!;
  const words = refusal("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
  const others = await make("others", trust("events.amazonaws.com", group));
  await expect(create({ RoleArn: others })).rejects.toMatchObject(words);
  // The source is the group, and never the schedule.
  const narrow = await make("narrow", trust("scheduler.amazonaws.com", group.replace("-group", "")));
  await expect(create({ RoleArn: narrow })).rejects.toMatchObject(words);
  await expect(create({ RoleArn: `${ANY_ROLE}-missing` })).rejects.toMatchObject(words);
  await create({ RoleArn: await make("right", trust("scheduler.amazonaws.com", group)) });
});
