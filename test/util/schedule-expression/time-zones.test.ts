import * as fc from "fast-check";
import { expect, test } from "vitest";
import { tryParseSchedule } from "../../../lib/util/schedule-expression/schedule-expression.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Zones, and moments at which their clocks change: by an hour, by half of one, by two, by a whole day, or not at all. */
const CHANGES: readonly (readonly [zone: string, moment: string])[] = [
  ["America/New_York", "2026-03-08T07:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Antarctica/Troll", "2026-03-29T01:00:00Z"],
  ["Antarctica/Troll", "2026-10-25T01:00:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["Africa/Cairo", "2026-04-23T22:00:00Z"],
  ["Asia/Kathmandu", "2026-06-01T00:00:00Z"],
];

/** The hour and minute on the wall, with the day, by the platform's own words. */
function wallOf(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return (epochMs) => format.format(epochMs);
}

/** Minute by minute: when the wall shows a time that is wanted, for the first time. */
function byLooking(
  zone: string,
  fromMs: number,
  hoursAhead: number,
  isWanted: (hour: number, minute: number) => boolean,
) {
  const wall = wallOf(zone);
  const seen = new Set<string>();
  const found: string[] = [];
  for (let at = fromMs - 3 * HOUR_MS; at <= fromMs + hoursAhead * HOUR_MS; at += MINUTE_MS) {
    const shown = wall(at);
    const [hour, minute] = shown.slice(-5).split(":").map(Number);
    if (at > fromMs && !seen.has(shown) && isWanted(hour!, minute!)) found.push(new Date(at).toISOString());
    seen.add(shown);
  }
  return found;
}

function byReading(expression: string, zone: string, fromMs: number, hoursAhead: number): string[] {
  const schedule = tryParseSchedule(expression, zone)!;
  const found: string[] = [];
  for (let at = schedule.next(fromMs, fromMs); at !== undefined && at <= fromMs + hoursAhead * HOUR_MS;) {
    found.push(new Date(at).toISOString());
    at = schedule.next(at, fromMs);
  }
  return found;
}

test("a cron expression is due by local time, across every clock change", () => {
  const moment = fc.record({
    change: fc.constantFrom(...CHANGES),
    minutesOff: fc.integer({ min: -30 * 60, max: 6 * 60 }),
    minute: fc.integer({ min: 0, max: 59 }),
    every: fc.constantFrom(60, 30, 17),
    hour: fc.option(fc.integer({ min: 0, max: 23 })),
  });
  fc.assert(
    fc.property(moment, ({ change: [zone, changes], minutesOff, minute, every, hour }) => {
      const fromMs = Date.parse(changes) + minutesOff * MINUTE_MS;
      const minutes = every === 60 ? String(minute) : `${minute}/${every}`;
      const expression = `cron(${minutes} ${hour ?? "*"} * * ? *)`;
      const isWanted = (h: number, m: number) =>
        (hour === null || h === hour) && (every === 60 ? m === minute : m >= minute && (m - minute) % every === 0);
      expect(byReading(expression, zone, fromMs, 30)).toEqual(byLooking(zone, fromMs, 30, isWanted));
    }),
    { numRuns: 400 },
  );
});
