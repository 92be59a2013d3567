import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DisableRuleCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { eventually, startEvents, type EventsFixture } from "./events-fixture.ts";

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
