import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DisableRuleCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdjustableClock } from "../../../lib/local/clock.ts";
import { tryParseRuleSchedule } from "../../../lib/local/services/eventbridge/rule-schedule.ts";
import { eventually, startEvents, type EventsFixture } from "./events-fixture.ts";

const NOW_MS = Date.parse("2026-11-21T05:00:30Z");

describe("a schedule", () => {
  test.each([
    ["rate(1 minute)", "2026-11-21T05:01:30.000Z"],
    ["rate(2 hours)", "2026-11-21T07:00:30.000Z"],
    ["rate(1 day)", "2026-11-22T05:00:30.000Z"],
    ["cron(0 12 * * ? *)", "2026-11-21T12:00:00.000Z"],
    ["cron(15 12 * * ? *)", "2026-11-21T12:15:00.000Z"],
    ["cron(0/15 * * * ? *)", "2026-11-21T05:15:00.000Z"],
    ["cron(0 8 1 * ? *)", "2026-12-01T08:00:00.000Z"],
    ["cron(0 18 ? * MON-FRI *)", "2026-11-23T18:00:00.000Z"],
    ["cron(0 18 ? * 2 *)", "2026-11-23T18:00:00.000Z"],
    ["cron(0/5 8-17 ? * 2-6 *)", "2026-11-23T08:00:00.000Z"],
    ["cron(15 10 ? * 6L 2027)", "2027-01-29T10:15:00.000Z"],
    ["cron(0 8 ? * 3#2 *)", "2026-12-08T08:00:00.000Z"],
    ["cron(0 8 L * ? *)", "2026-11-30T08:00:00.000Z"],
    ["cron(0 8 15W * ? *)", "2026-12-15T08:00:00.000Z"],
    ["cron(15 10 ? * 6L 2002-2005)", undefined],
    ["cron(0/5 5 ? JAN 1-5 2022)", undefined],
  ])("%s is due at %s", (expression, due) => {
    const next = tryParseRuleSchedule(expression)?.next(NOW_MS, NOW_MS);
    expect(tryParseRuleSchedule(expression)).toBeDefined();
    expect(next === undefined ? undefined : new Date(next).toISOString()).toBe(due);
  });
});

describe("a rule with a schedule", () => {
  let fixture: EventsFixture;

  beforeAll(async () => {
    fixture = await startEvents();
  });

  afterAll(() => fixture.cloud.stop());

  test.each([
    "cron(0 1 * * * *)",
    "cron(0 dummy ? * MON-FRI *)",
    "cron(71 8 1 * ? *)",
    "cron(0 8 ? * ? *)",
    "cron(0 8 1 * ?)",
    "rate(1 minutes)",
    "rate(5 minute)",
    "rate(0 minutes)",
    "rate(1 second)",
    "at(2026-12-01T00:00:00)",
  ])("fails by AWS's words for %s", async (ScheduleExpression) => {
    await expect(fixture.events.send(new PutRuleCommand({ Name: "r", ScheduleExpression }))).rejects.toMatchObject({
      name: "ValidationException",
      message: "Parameter ScheduleExpression is not valid.",
    });
  });

  test("fires on the cloud's clock, until it is disabled", async () => {
    const Arn = await fixture.listener("minutely");
    const Name = "minutely";
    await fixture.events.send(new PutRuleCommand({ Name, ScheduleExpression: "rate(1 minute)" }));
    await fixture.events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: "1", Arn }] }));
    await fixture.cloud.clock.advance(150_000);
    await eventually(async () => (await fixture.heard("minutely")).length === 2);
    await fixture.events.send(new DisableRuleCommand({ Name }));
    await fixture.cloud.clock.advance(600_000);
    const heard = (await fixture.heard("minutely")) as Record<string, unknown>[];
    expect(heard).toHaveLength(2);
    expect(heard[0]).toMatchObject({
      "detail-type": "Scheduled Event",
      source: "aws.events",
      resources: ["arn:aws:events:us-east-1:000000000000:rule/minutely"],
      detail: {},
    });
  });

  test("fires over a restart, and once for what was due meanwhile", async () => {
    const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-schedules-"));
    const first = await startEvents({ stateFolder });
    const Arn = await first.listener("hourly");
    await first.events.send(new PutRuleCommand({ Name: "hourly", ScheduleExpression: "rate(1 hour)" }));
    await first.events.send(new PutTargetsCommand({ Rule: "hourly", Targets: [{ Id: "1", Arn }] }));
    await first.cloud.stop();
    const clock = new AdjustableClock({ offsetMs: 3 * 3_600_000 });
    const second = await startEvents({ stateFolder, clock });
    await eventually(async () => (await second.heard("hourly")).length === 1);
    await second.cloud.clock.advance(3_600_000);
    await eventually(async () => (await second.heard("hourly")).length === 2);
    expect(await second.heard("hourly")).toMatchObject([{ source: "aws.events" }, { source: "aws.events" }]);
    await second.cloud.stop();
    await rm(stateFolder, { recursive: true, force: true });
  });
});
