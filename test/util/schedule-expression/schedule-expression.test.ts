import { describe, expect, test } from "vitest";
import { findCronProblem } from "../../../lib/util/schedule-expression/cron-fields.ts";
import { tryParseSchedule } from "../../../lib/util/schedule-expression/schedule-expression.ts";
import { isTimeZone } from "../../../lib/util/schedule-expression/time-zone.ts";

const NOW = "2026-11-21T05:00:30Z";

/** The next moments, in order. */
function due(expression: string, { after = NOW, timeZone = "UTC", count = 1 } = {}): string[] {
  const schedule = tryParseSchedule(expression, timeZone);
  if (schedule === undefined) throw new Error(`${expression} was not understood.`);
  const moments: string[] = [];
  for (let last = Date.parse(after); moments.length < count;) {
    const next = schedule.next(last, Date.parse(after));
    if (next === undefined) break;
    moments.push(new Date(next).toISOString().replace(".000Z", "Z"));
    last = next;
  }
  return moments;
}

describe("a schedule", () => {
  test.each([
    ["rate(1 minute)", "2026-11-21T05:01:30Z"],
    ["rate(1 minutes)", "2026-11-21T05:01:30Z"],
    ["rate(2 hours)", "2026-11-21T07:00:30Z"],
    ["rate(1 day)", "2026-11-22T05:00:30Z"],
    ["at(2026-12-01T09:00:00)", "2026-12-01T09:00:00Z"],
    ["cron(0 12 * * ? *)", "2026-11-21T12:00:00Z"],
    ["cron(0/15 * * * ? *)", "2026-11-21T05:15:00Z"],
    ["cron(0 8 1 * ? *)", "2026-12-01T08:00:00Z"],
    ["cron(0 18 ? * MON-FRI *)", "2026-11-23T18:00:00Z"],
    ["cron(0 18 ? * 2 *)", "2026-11-23T18:00:00Z"],
    ["cron(0/5 8-17 ? * 2-6 *)", "2026-11-23T08:00:00Z"],
    ["cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)", "2026-11-21T08:00:00Z"],
    ["cron(0-59/10 0-23/2 ? * * *)", "2026-11-21T06:00:00Z"],
    ["cron(1-31/30 1-1 ? * 1,7 *)", "2026-11-22T01:01:00Z"],
    ["cron(0 8 ? JAN/2 MON#2 *)", "2027-01-11T08:00:00Z"],
    ["cron(15 10 ? * 6L 2027)", "2027-01-29T10:15:00Z"],
    ["cron(0 8 ? * 3#2 *)", "2026-12-08T08:00:00Z"],
    ["cron(0 8 ? * L *)", "2026-11-21T08:00:00Z"],
    ["cron(0 8 L * ? *)", "2026-11-30T08:00:00Z"],
    ["cron(0 8 LW 1 ? *)", "2027-01-29T08:00:00Z"],
    ["cron(0 8 15W * ? *)", "2026-12-15T08:00:00Z"],
    ["cron(0 0 29 2 ? *)", "2028-02-29T00:00:00Z"],
  ])("%s is due at %s", (expression, expected) => {
    expect(due(expression)).toEqual([expected]);
  });

  test.each(["cron(15 10 ? * 6L 2002-2005)", "cron(0/5 5 ? JAN 1-5 2022)", "at(2026-11-21T05:00:30)"])(
    "%s is over",
    (expression) => expect(due(expression)).toEqual([]),
  );

  test("begins with a rate's start", () => {
    const startMs = Date.parse(NOW) + 10_000;
    expect(tryParseSchedule("rate(5 minutes)")!.next(Date.parse(NOW), startMs)).toBe(startMs);
  });
});

describe("a time zone", () => {
  const timeZone = "America/New_York";

  test("moves with daylight saving", () => {
    expect(due("cron(0 9 ? * * *)", { after: "2026-03-07T12:00:00Z", timeZone, count: 2 })).toEqual([
      "2026-03-07T14:00:00Z",
      "2026-03-08T13:00:00Z",
    ]);
    expect(due("at(2026-07-01T09:00:00)", { after: "2026-01-01T00:00:00Z", timeZone })).toEqual([
      "2026-07-01T13:00:00Z",
    ]);
  });

  test("leaves out a time that the clocks skip", () => {
    expect(due("cron(30 2 * * ? *)", { after: "2026-03-07T00:00:00Z", timeZone, count: 2 })).toEqual([
      "2026-03-07T07:30:00Z",
      "2026-03-09T06:30:00Z",
    ]);
  });

  test("takes a time that comes twice once, whether it is waited for or passed", () => {
    expect(due("cron(30 1 * * ? *)", { after: "2026-11-01T05:00:00Z", timeZone, count: 2 })).toEqual([
      "2026-11-01T05:30:00Z",
      "2026-11-02T06:30:00Z",
    ]);
    expect(due("cron(0/30 * * * ? *)", { after: "2026-11-01T06:10:00Z", timeZone })).toEqual(["2026-11-01T07:00:00Z"]);
  });

  test("puts a single time that the clocks skip as much later as they are put forward", () => {
    expect(due("at(2026-03-08T02:30:00)", { after: "2026-03-07T00:00:00Z", timeZone })).toEqual([
      "2026-03-08T07:30:00Z",
    ]);
  });

  test.each([
    ["UTC", true],
    ["Asia/Kathmandu", true],
    ["Mars/Olympus", false],
    ["+02:00", false],
    ["", false],
  ])("%j is one: %s", (name, expected) => expect(isTimeZone(name)).toBe(expected));
});

describe("an expression is refused:", () => {
  test.each([
    "cron(0 1 * * * *)",
    "cron(7 20 * * NOT *)",
    "cron(71 8 1 * ? *)",
    "cron(0 8 ? * ? *)",
    "cron(0 8 1 * ?)",
    "cron(0 8 1 * ? * *)",
    "cron(0 8 0 * ? *)",
    "cron(0 17-8 ? * * *)",
    "cron(0/0 8 1 * ? *)",
    "cron(0 8 ? * 6#6 *)",
    "cron(0 8 L,1 * ? *)",
    "cron()",
    "cron(0 8 1 * ? 2200)",
    "rate(0 minutes)",
    "rate(1 second)",
    "rate(-10 minutes)",
    "rate( 10 minutes )",
    " rate(10 minutes)",
    "rate(foo minutes)",
    "at(2026-02-31T00:00:00)",
    "at(2026-12-01T00:00)",
    "at(2026-12-01T00:00:00Z)",
    "",
  ])("%j", (expression) => expect(tryParseSchedule(expression)).toBeUndefined());

  test("with the place of what is wrong", () => {
    expect(findCronProblem("0 25 * * ? *")).toEqual({
      message: "has '25' for the hour; allowed are 0 to 23 with , - * /",
      start: 2,
      length: 2,
    });
    expect(findCronProblem("0 8 * * MON *")).toMatchObject({ start: 4, length: 7 });
    expect(findCronProblem("0 8 * *")).toMatchObject({ message: expect.stringContaining("has 4 fields") as string });
  });
});
