import { Cron } from "croner";

/** When a rule is due. */
export interface RuleSchedule {
  /** The first moment behind `afterMs`; undefined where there is none any more. `sinceMs` is when a rate began. */
  next(afterMs: number, sinceMs: number): number | undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const LAST = { minute: 59, hour: 23, month: 12, dayOfWeek: 7, year: 2199 };

/**
 * Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`, in UTC; undefined where it is neither.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function tryParseRuleSchedule(expression: string): RuleSchedule | undefined {
  const [, kind, inner = ""] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === undefined) return undefined;
  return kind === "rate" ? tryParseRate(inner) : tryParseCron(inner);
}

function tryParseRate(text: string): RuleSchedule | undefined {
  const [, value = "0", unit = "", plural] = /^([1-9]\d{0,8}) (minute|hour|day)(s)?$/.exec(text) ?? [];
  const count = Number(value);
  if (count === 0 || (count === 1) !== (plural === undefined)) return undefined;
  const everyMs = count * UNIT_MS[unit]!;
  return { next: (afterMs, sinceMs) => sinceMs + (Math.floor(Math.max(0, afterMs - sinceMs) / everyMs) + 1) * everyMs };
}

function tryParseCron(text: string): RuleSchedule | undefined {
  const fields = text.trim().split(/\s+/);
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
  // One of the two days must be left open, and only one.
  if (fields.length !== 6 || (dayOfMonth === "?") === (dayOfWeek === "?")) return undefined;
  const pattern = [
    "0",
    openSteps(minute, LAST.minute),
    openSteps(hour, LAST.hour),
    openSteps(dayOfMonth, 31),
    openSteps(month, LAST.month),
    openSteps(dayOfWeek.replace(/^(\w+)L$/, "$1#L").replace(/^L$/, "SAT"), LAST.dayOfWeek),
    openSteps(year, LAST.year),
  ].join(" ");
  try {
    const cron = new Cron(pattern, { timezone: "UTC", paused: true, mode: "7-part", alternativeWeekdays: true });
    return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
  } catch {
    return undefined;
  }
}

/** `5/10` is every tenth from 5 to the end. */
function openSteps(field: string, last: number): string {
  return field.replaceAll(/(^|,)(\d+)\//g, (_, before: string, first: string) => `${before}${first}-${last}/`);
}
