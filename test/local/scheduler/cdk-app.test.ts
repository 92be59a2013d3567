import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import {
  GetScheduleCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-scheduler";
import { App, Duration, LegacyStackSynthesizer, RemovalPolicy, Stack, Tags, TimeZone } from "aws-cdk-lib";
import {
  CfnSchedule,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from "aws-cdk-lib/aws-scheduler";
import { SqsSendMessage, Universal } from "aws-cdk-lib/aws-scheduler-targets";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deploy, eventsOf, settledStack } from "../cloudformation/spine.ts";
import { startScheduler, type SchedulerFixture } from "./scheduler-fixture.ts";

let fixture: SchedulerFixture;

beforeAll(async () => {
  fixture = await startScheduler();
});
afterAll(() => fixture.cloud.stop());

/** With what the CDK's own constructs make of it: roles that trust a group, and may do no more than they need. */
function synthesise(text: string, group: string): object {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, "Shop", { synthesizer: new LegacyStackSynthesizer() });
  const inbox = new Queue(stack, "Inbox", { queueName: "inbox" });
  const scheduleGroup = new ScheduleGroup(stack, "Group", {
    scheduleGroupName: group,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Tags.of(scheduleGroup).add("text", text);
  const deadLetterQueue = new Queue(stack, "Dead", { queueName: "dead" });
  new Schedule(stack, "Hourly", {
    schedule: ScheduleExpression.rate(Duration.hours(1)),
    target: new SqsSendMessage(inbox, { input: ScheduleTargetInput.fromText(text), deadLetterQueue, retryAttempts: 3 }),
    scheduleGroup,
    start: new Date("2998-01-01T00:00:00Z"),
  });
  new Schedule(stack, "Daily", {
    schedule: ScheduleExpression.cron({ minute: "0", hour: "8", timeZone: TimeZone.EUROPE_BERLIN }),
    target: new Universal({
      service: "sqs",
      action: "sendMessage",
      input: ScheduleTargetInput.fromObject({ QueueUrl: inbox.queueUrl, MessageBody: "daily" }),
    }),
  });
  return app.synth().getStackByName("Shop").template as object;
}

test("a CDK stack's schedules come, change and go with it", async () => {
  const cloudformation = fixture.cloud.client(CloudFormationClient);
  const { scheduler } = fixture;
  const listed = async (GroupName: string) =>
    (await scheduler.send(new ListSchedulesCommand({ GroupName }))).Schedules!;

  const made = await deploy(cloudformation, "Shop", synthesise("one", "first"), { ChangeSetType: "CREATE" });
  expect(made.StackStatus).toBe("CREATE_COMPLETE");
  const [daily] = await listed("default");
  expect(daily!.Name).toMatch(/^Shop-Daily/);
  expect(await scheduler.send(new GetScheduleCommand({ Name: daily!.Name }))).toMatchObject({
    ScheduleExpression: "cron(0 8 * * ? *)",
    ScheduleExpressionTimezone: "Europe/Berlin",
  });
  await fixture.cloud.clock.advance(24 * 3_600_000);
  expect(await fixture.queues.take("inbox")).toMatchObject([{ Body: "daily" }]);

  const changed = await deploy(cloudformation, "Shop", synthesise("two", "first"));
  expect(changed.StackStatus).toBe("UPDATE_COMPLETE");
  const [hourly] = await listed("first");
  const told = await scheduler.send(new GetScheduleCommand({ Name: hourly!.Name, GroupName: "first" }));
  expect(told).toMatchObject({
    Target: { Input: "two", RetryPolicy: { MaximumRetryAttempts: 3 } },
    StartDate: new Date("2998-01-01T00:00:00Z"),
  });
  const ResourceArn = "arn:aws:scheduler:us-east-1:000000000000:schedule-group/first";
  const tags = (await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
  expect(tags).toContainEqual({ Key: "text", Value: "two" });

  const moved = await deploy(cloudformation, "Shop", synthesise("two", "second"));
  expect(moved.StackStatus).toBe("UPDATE_COMPLETE");
  expect(await listed("second")).toMatchObject([{ GroupName: "second" }]);

  await cloudformation.send(new DeleteStackCommand({ StackName: "Shop" }));
  expect((await settledStack(cloudformation, made.StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  expect(await listed("default")).toEqual([]);
  const groups = (await scheduler.send(new ListScheduleGroupsCommand({}))).ScheduleGroups;
  expect(groups!.map(({ Name }) => Name)).toEqual(["default"]);
});

test("fails when a schedule's role does not trust the Scheduler, and rolls back", async () => {
  const cloudformation = fixture.cloud.client(CloudFormationClient);
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, "Odd", { synthesizer: new LegacyStackSynthesizer() });
  const queue = new Queue(stack, "Queue");
  new CfnSchedule(stack, "Schedule", {
    scheduleExpression: "rate(1 day)",
    flexibleTimeWindow: { mode: "OFF" },
    target: { arn: queue.queueArn, roleArn: "arn:aws:iam::000000000000:role/nobody" },
  });
  const template = app.synth().getStackByName("Odd").template as object;
  const made = await deploy(cloudformation, "Odd", template, { ChangeSetType: "CREATE" });
  expect(made.StackStatus).toBe("ROLLBACK_COMPLETE");
  const events = await eventsOf(cloudformation, "Odd");
  expect(events.map(({ ResourceStatusReason }) => ResourceStatusReason).join("\n")).toContain(
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role. (Service: Scheduler, Status Code: 400,",
  );
});
