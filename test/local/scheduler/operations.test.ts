import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ANY_ROLE, scheduleInput, startScheduler, type SchedulerFixture } from "./scheduler-fixture.ts";

const ARN = "arn:aws:scheduler:us-east-1:000000000000";
const LATER = "at(2999-01-01T00:00:00)";

let fixture: SchedulerFixture;
let queue: string;

beforeAll(async () => {
  fixture = await startScheduler();
  queue = await fixture.queues.make("target");
});
afterAll(() => fixture.cloud.stop());

describe("a schedule", () => {
  test("is answered as it was made, with what goes without saying", async () => {
    const { scheduler, schedule } = fixture;
    const more = {
      Description: "d",
      ScheduleExpressionTimezone: "Europe/Berlin",
      FlexibleTimeWindow: { Mode: "FLEXIBLE" as const, MaximumWindowInMinutes: 5 },
      EndDate: new Date("2998-01-01T00:00:00Z"),
    };
    const arn = await schedule("whole", "cron(0 8 ? * MON *)", { Arn: queue, Input: "hi" }, more);
    expect(arn).toBe(`${ARN}:schedule/default/whole`);
    const { $metadata: _, ...told } = await scheduler.send(new GetScheduleCommand({ Name: "whole" }));
    expect(told).toEqual({
      ...more,
      Arn: arn,
      Name: "whole",
      GroupName: "default",
      State: "ENABLED",
      ActionAfterCompletion: "NONE",
      ScheduleExpression: "cron(0 8 ? * MON *)",
      CreationDate: expect.any(Date) as Date,
      LastModificationDate: expect.any(Date) as Date,
      Target: {
        Arn: queue,
        RoleArn: ANY_ROLE,
        Input: "hi",
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    });
  });

  test("is replaced as a whole by an update", async () => {
    const { scheduler, schedule } = fixture;
    await schedule("changed", LATER, { Arn: queue }, { Description: "d", ScheduleExpressionTimezone: "Asia/Tokyo" });
    const input = { ...scheduleInput("changed", "rate(1 day)", { Arn: queue }), State: "DISABLED" as const };
    await scheduler.send(new UpdateScheduleCommand(input));
    const told = await scheduler.send(new GetScheduleCommand({ Name: "changed" }));
    expect(told).toMatchObject({
      ScheduleExpression: "rate(1 day)",
      ScheduleExpressionTimezone: "UTC",
      State: "DISABLED",
    });
    expect(told.Description).toBeUndefined();
    const missing = scheduleInput("missing", "rate(1 day)", { Arn: queue });
    await expect(scheduler.send(new UpdateScheduleCommand(missing))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("is made once, and found again by the token it was made with", async () => {
    const { scheduler } = fixture;
    const input = { ...scheduleInput("once", LATER, { Arn: queue }), ClientToken: "token" };
    await scheduler.send(new CreateScheduleCommand(input));
    await scheduler.send(new CreateScheduleCommand(input));
    await expect(scheduler.send(new CreateScheduleCommand({ ...input, ClientToken: "other" }))).rejects.toMatchObject({
      name: "ConflictException",
      message: "Schedule once already exists.",
      $metadata: { httpStatusCode: 409 },
    });
  });

  test("is listed by group, prefix and state, in pages, and gone once it is deleted", async () => {
    const { scheduler, schedule } = fixture;
    await scheduler.send(new CreateScheduleGroupCommand({ Name: "listed" }));
    const inGroup = { GroupName: "listed" };
    for (const name of ["a1", "a2", "b1"]) await schedule(name, LATER, { Arn: queue }, inGroup);
    await schedule("a3", LATER, { Arn: queue }, { ...inGroup, State: "DISABLED" });
    const first = await scheduler.send(new ListSchedulesCommand({ ...inGroup, NamePrefix: "a", MaxResults: 2 }));
    expect(first.Schedules).toMatchObject([
      { Name: "a1", GroupName: "listed", State: "ENABLED", Target: { Arn: queue } },
      { Name: "a2" },
    ]);
    const rest = { ...inGroup, NamePrefix: "a", MaxResults: 2, NextToken: first.NextToken };
    expect((await scheduler.send(new ListSchedulesCommand(rest))).Schedules).toMatchObject([{ Name: "a3" }]);
    const disabled = await scheduler.send(new ListSchedulesCommand({ ...inGroup, State: "DISABLED" }));
    expect(disabled.Schedules?.map(({ Name }) => Name)).toEqual(["a3"]);
    await scheduler.send(new DeleteScheduleCommand({ Name: "a1", ...inGroup }));
    await expect(scheduler.send(new DeleteScheduleCommand({ Name: "a1", ...inGroup }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

describe("a group", () => {
  test("is there by default, and takes its schedules with it", async () => {
    const { scheduler, schedule } = fixture;
    const made = await scheduler.send(
      new CreateScheduleGroupCommand({ Name: "short", Tags: [{ Key: "a", Value: "b" }] }),
    );
    expect(made.ScheduleGroupArn).toBe(`${ARN}:schedule-group/short`);
    await schedule("member", LATER, { Arn: queue }, { GroupName: "short" });
    expect(await scheduler.send(new GetScheduleGroupCommand({ Name: "short" }))).toMatchObject({ State: "ACTIVE" });
    const { ScheduleGroups } = await scheduler.send(new ListScheduleGroupsCommand({}));
    expect(ScheduleGroups?.map(({ Name }) => Name)).toEqual(expect.arrayContaining(["default", "short"]));
    await scheduler.send(new DeleteScheduleGroupCommand({ Name: "short" }));
    const gone = { name: "ResourceNotFoundException" };
    await expect(scheduler.send(new GetScheduleGroupCommand({ Name: "short" }))).rejects.toMatchObject(gone);
    const member = new GetScheduleCommand({ Name: "member", GroupName: "short" });
    await expect(scheduler.send(member)).rejects.toMatchObject(gone);
    await expect(schedule("member", LATER, { Arn: queue }, { GroupName: "short" })).rejects.toMatchObject(gone);
  });

  test("has tags, and is the only one to have them", async () => {
    const { scheduler } = fixture;
    const { ScheduleGroupArn: ResourceArn } = await scheduler.send(new CreateScheduleGroupCommand({ Name: "tagged" }));
    expect(await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }))).toMatchObject({ Tags: [] });
    const Tags = [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ];
    await scheduler.send(new TagResourceCommand({ ResourceArn, Tags }));
    await scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a"] }));
    const listed = await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(listed.Tags).toEqual([{ Key: "b", Value: "2" }]);
    const schedule = new TagResourceCommand({ ResourceArn: `${ARN}:schedule/default/x`, Tags });
    await expect(scheduler.send(schedule)).rejects.toMatchObject({ name: "ValidationException" });
  });

  test("fails when it is the default one", async () => {
    const refusal = {
      name: "ValidationException",
      message: "This operation cannot be performed on schedule group default.",
    };
    const { scheduler } = fixture;
    await expect(scheduler.send(new CreateScheduleGroupCommand({ Name: "default" }))).rejects.toMatchObject(refusal);
    await expect(scheduler.send(new DeleteScheduleGroupCommand({ Name: "default" }))).rejects.toMatchObject(refusal);
  });
});
