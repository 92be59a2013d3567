import { Cron } from "croner";
import { findCronProblem } from "./cron-fields.ts";
import type { ScheduleProblem } from "./schedule-problem.ts";
import { momentOf, momentsOf, wallTimeOf } from "./time-zone.ts";

/** When something is due. */
export interface Schedule {
  readonly kind: "rate" | "cron" | "at";
  /**
   * The first moment behind `afterMs`; undefined where there is none any more. A rate counts from `sinceMs`, and is due
   * then for the first time.
   */
  next(afterMs: number, sinceMs: number): number | undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const LAST = { minute: 59, hour: 23, dayOfMonth: 31, month: 12, dayOfWeek: 7, year: 2199 };

/**
 * Reads `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2026-12-01T09:00:00)`; undefined where it is none of them. The
 * last two go by the clocks on the wall of `timeZone`, a name that `isTimeZone` knows; a cron expression leaves out times
 * that they skip, and takes those that come twice once.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function tryParseSchedule(expression: string, timeZone = "UTC"): Schedule | undefined {
  const [, kind, inner = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === "rate") return findRateProblem(inner) === undefined ? parseRate(inner) : undefined;
  if (kind === "cron") return findCronProblem(inner) === undefined ? tryParseCron(inner, timeZone) : undefined;
  return kind === "at" ? tryParseAt(inner, timeZone) : undefined;
}

/** The problem of the text inside `rate(…)`: `5 minutes`. */
export function findRateProblem(text: string): ScheduleProblem | undefined {
  if (/^[1-9]\d{0,8} (minute|hour|day)s?$/.test(text)) return undefined;
  const message = "must be a whole number from 1 and minutes, hours or days, such as '5 minutes'";
  return { message, start: 0, length: text.length };
}

/**
 * Whether `5 minutes` has its number right: rules of EventBridge require `1 minute` and `2 minutes`, its Scheduler
 * accepts any.
 */
export function isRateInGoodGrammar(text: string): boolean {
  return text.startsWith("1 ") !== text.endsWith("s");
}

function parseRate(text: string): Schedule {
  const [count = "", unit = ""] = text.split(" ");
  const everyMs = Number(count) * UNIT_MS[unit.replace(/s$/, "")]!;
  const next = (afterMs: number, sinceMs: number) =>
    afterMs < sinceMs ? sinceMs : sinceMs + (Math.floor((afterMs - sinceMs) / everyMs) + 1) * everyMs;
  return { kind: "rate", next };
}

function tryParseAt(text: string, timeZone: string): Schedule | undefined {
  const wallMs = Date.parse(`${text}Z`);
  // The platform would take the 31st of February for the 3rd of March.
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString() !== `${text}.000Z`) return undefined;
  const atMs = momentOf(wallMs, timeZone);
  return { kind: "at", next: (afterMs) => (atMs > afterMs ? atMs : undefined) };
}

function tryParseCron(text: string, timeZone: string): Schedule | undefined {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = text.trim().split(/\s+/);
  const pattern = [
    "0",
    openSteps(minute, LAST.minute),
    openSteps(hour, LAST.hour),
    openSteps(dayOfMonth, LAST.dayOfMonth),
    openSteps(month, LAST.month),
    openSteps(dayOfWeek.replace(/^(\w+)L$/, "$1#L").replace(/^L$/, "SAT"), LAST.dayOfWeek),
    openSteps(year, LAST.year),
  ].join(" ");
  try {
    const cron = new Cron(pattern, { timezone: "UTC", paused: true, mode: "7-part", alternativeWeekdays: true });
    return { kind: "cron", next: (afterMs) => nextOf(cron, afterMs, timeZone) };
  } catch {
    return undefined;
  }
}

/** The pattern is matched against the clocks on the wall. */
function nextOf(cron: Cron, afterMs: number, timeZone: string): number | undefined {
  let wall = cron.nextRun(new Date(wallTimeOf(afterMs, timeZone)));
  while (wall !== null) {
    const [moment] = momentsOf(wall.getTime(), timeZone);
    if (moment !== undefined && moment > afterMs) return moment;
    wall = cron.nextRun(wall);
  }
  return undefined;
}

/** `5/10` is every tenth from 5 to the end. */
function openSteps(field: string, last: number): string {
  return field.replaceAll(
    /(^|,)(\d+|[A-Za-z]{3})\//g,
    (_, before: string, first: string) => `${before}${first}-${last}/`,
  );
}
