import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { scheduleInput, startScheduler, type SchedulerFixture } from "./scheduler-fixture.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const Input = "<aws.scheduler.scheduled-time>";

let fixture: SchedulerFixture;

beforeAll(async () => {
  fixture = await startScheduler();
});
afterAll(() => fixture.cloud.stop());

/** Moves the cloud's time to a moment of its future. */
async function moveTo(epochMs: number): Promise<void> {
  await fixture.cloud.clock.advance(epochMs - fixture.cloud.clock.now());
}

/** The times that came, once there are so many. Nothing more may be on its way. */
async function times(name: string, count: number): Promise<string[]> {
  const messages = count === 0 ? [] : await fixture.queues.take(name, count);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const bodies = [...messages, ...(await fixture.queues.peek(name))].map(({ Body }) => Body!);
  return bodies.sort();
}

function told(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

test("a rate begins at once and keeps its rhythm, even when its target changes", async () => {
  const Arn = await fixture.queues.make("rate");
  await fixture.schedule("rate", "rate(5 minutes)", { Arn, Input });
  const startMs = fixture.cloud.clock.now();
  await fixture.cloud.clock.advance(12 * MINUTE_MS);
  expect(await times("rate", 3)).toHaveLength(3);
  const changed = { ...scheduleInput("rate", "rate(5 minutes)", { Arn, Input: `x ${Input}` }), Description: "changed" };
  await fixture.scheduler.send(new UpdateScheduleCommand(changed));
  await moveTo(startMs + 16 * MINUTE_MS);
  expect(await times("rate", 1)).toEqual([expect.stringMatching(/^x /)]);
  await fixture.scheduler.send(new UpdateScheduleCommand({ ...changed, State: "DISABLED" }));
  await fixture.cloud.clock.advance(HOUR_MS);
  expect(await times("rate", 0)).toEqual([]);
});

test("a rate with a start begins there, and ends with its end", async () => {
  const Arn = await fixture.queues.make("bounded");
  const startMs = Math.floor(fixture.cloud.clock.now() / 1000) * 1000 + HOUR_MS;
  await fixture.schedule(
    "bounded",
    "rate(1 hours)",
    { Arn, Input },
    { StartDate: new Date(startMs), EndDate: new Date(startMs + 2.5 * HOUR_MS), ActionAfterCompletion: "DELETE" },
  );
  await moveTo(startMs + DAY_MS);
  expect(await times("bounded", 3)).toEqual([0, 1, 2].map((hours) => told(startMs + hours * HOUR_MS)));
  await expect(fixture.scheduler.send(new GetScheduleCommand({ Name: "bounded" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Schedule bounded does not exist.",
  });
});

test("a cron expression follows the local time of its zone, through the end of daylight saving time", async () => {
  // A day before New York's clocks go from 02:00 EDT to 01:00 EST.
  const clock = new AdjustableClock({ offsetMs: Date.parse("2027-11-06T12:00:00Z") - Date.now() });
  const { cloud, queues, schedule } = await startScheduler({ clock });
  const Arn = await queues.make("zoned");
  const more = { ScheduleExpressionTimezone: "America/New_York" };
  await schedule("zoned", "cron(30 1 * * ? *)", { Arn, Input }, more);
  await cloud.clock.advance(2 * DAY_MS);
  const came = (await queues.take("zoned", 2)).map(({ Body }) => Body);
  expect(came).toEqual(["2027-11-07T05:30:00Z", "2027-11-08T06:30:00Z"]);
  expect(await queues.peek("zoned")).toEqual([]);
  await cloud.stop();
});

test("a single time comes once, and takes its schedule with it where that is wanted", async () => {
  const Arn = await fixture.queues.make("single");
  const atMs = Math.ceil(fixture.cloud.clock.now() / 1000) * 1000 + HOUR_MS;
  const expression = `at(${told(atMs).slice(0, -1)})`;
  await fixture.schedule("goes", expression, { Arn, Input: "goes" }, { ActionAfterCompletion: "DELETE" });
  await fixture.schedule("stays", expression, { Arn, Input: "stays" });
  await fixture.cloud.clock.advance(2 * HOUR_MS);
  expect(await times("single", 2)).toEqual(["goes", "stays"]);
  await expect
    .poll(() => fixture.scheduler.send(new GetScheduleCommand({ Name: "goes" })).catch(({ name }: Error) => name))
    .toBe("ResourceNotFoundException");
  const stays = await fixture.scheduler.send(new GetScheduleCommand({ Name: "stays" }));
  expect(stays).toMatchObject({ State: "ENABLED", ActionAfterCompletion: "NONE" });
  // It has had its time: nothing but another time brings it back.
  await fixture.scheduler.send(new UpdateScheduleCommand(scheduleInput("stays", expression, { Arn, Input: "again" })));
  await fixture.cloud.clock.advance(HOUR_MS);
  expect(await times("single", 0)).toEqual([]);
});

test("a single time that passed while its schedule was disabled is made up for", async () => {
  const Arn = await fixture.queues.make("late");
  const atMs = Math.ceil(fixture.cloud.clock.now() / 1000) * 1000 + HOUR_MS;
  const expression = `at(${told(atMs).slice(0, -1)})`;
  await fixture.schedule("late", expression, { Arn, Input }, { State: "DISABLED" });
  await fixture.cloud.clock.advance(2 * HOUR_MS);
  expect(await times("late", 0)).toEqual([]);
  await fixture.scheduler.send(new UpdateScheduleCommand(scheduleInput("late", expression, { Arn, Input })));
  expect(await times("late", 1)).toEqual([told(atMs)]);
});

test("a flexible window spreads invocations, each with its own time, even where windows overlap", async () => {
  const Arn = await fixture.queues.make("flexible");
  const startMs = Math.ceil(fixture.cloud.clock.now() / 1000) * 1000 + HOUR_MS;
  const FlexibleTimeWindow = { Mode: "FLEXIBLE" as const, MaximumWindowInMinutes: 120 };
  const endMs = startMs + 10.5 * HOUR_MS;
  await fixture.schedule(
    "flexible",
    "rate(1 hour)",
    { Arn, Input },
    { FlexibleTimeWindow, StartDate: new Date(startMs), EndDate: new Date(endMs) },
  );
  // One that comes on the dot every time would be no window: the odds are one in a million.
  await moveTo(startMs + 10);
  const early = await times("flexible", 0);
  await moveTo(endMs + 3 * HOUR_MS);
  const late = await times("flexible", 11 - early.length);
  expect(early).toEqual([]);
  expect(late).toEqual(Array.from({ length: 11 }, (_, hours) => told(startMs + hours * HOUR_MS)));
});

test("what was due while the cloud was down comes once", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-scheduler-"));
  const first = await startScheduler({ stateFolder });
  const Arn = await first.queues.make("hourly");
  const StartDate = new Date(Date.now() + HOUR_MS);
  await first.schedule("hourly", "rate(1 hour)", { Arn, Input }, { StartDate });
  await first.cloud.stop();
  const clock = new AdjustableClock({ offsetMs: 5.5 * HOUR_MS });
  const second = await startScheduler({ stateFolder, clock });
  expect((await second.queues.take("hourly", 1)).map(({ Body }) => Body)).toEqual([told(StartDate.getTime())]);
  await second.cloud.clock.advance(HOUR_MS);
  expect((await second.queues.take("hourly", 1)).map(({ Body }) => Body)).toEqual([
    told(StartDate.getTime() + 5 * HOUR_MS),
  ]);
  await second.cloud.stop();
  await rm(stateFolder, { recursive: true, force: true });
});
