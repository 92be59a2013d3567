import type { ScheduleProblem } from "./schedule-problem.ts";

/** One of the six fields: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
interface CronField {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly words?: readonly string[];
  /** Signs that may replace a whole item, beside values, ranges and steps. */
  readonly signs?: RegExp;
  readonly allowed: string;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: readonly CronField[] = [
  { name: "minute", first: 0, last: 59, allowed: "0 to 59 with , - * /" },
  { name: "hour", first: 0, last: 23, allowed: "0 to 23 with , - * /" },
  {
    name: "day of the month",
    first: 1,
    last: 31,
    signs: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/,
    allowed: "1 to 31 with , - * / ? L W",
  },
  { name: "month", first: 1, last: 12, words: MONTHS, allowed: "1 to 12 or JAN to DEC with , - * /" },
  {
    name: "day of the week",
    first: 1,
    last: 7,
    words: DAYS,
    signs: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
    allowed: "1 (Sunday) to 7 or SUN to SAT with , - * / ? L #",
  },
  { name: "year", first: 1970, last: 2199, allowed: "1970 to 2199 with , - * /" },
];

/** Minute, hour, day of the month, month, day of the week, year; or the first thing that is wrong with them. */
export function findCronProblem(text: string): ScheduleProblem | undefined {
  const found = [...text.matchAll(/\S+/g)];
  if (found.length !== FIELDS.length) {
    const names = FIELDS.map(({ name }) => name).join(", ");
    return { message: `has ${found.length} fields; it takes six: ${names}`, start: 0, length: text.length };
  }
  const unfit = found.findIndex(([field], index) => !isFieldFit(field, FIELDS[index]!));
  if (unfit >= 0) return unfitField(found[unfit]!, FIELDS[unfit]!);
  const [dayOfMonth, dayOfWeek] = [found[2]!, found[4]!];
  if ((dayOfMonth[0] === "?") !== (dayOfWeek[0] === "?")) return undefined;
  const message = `says ${dayOfMonth[0]} for the day of the month and ${dayOfWeek[0]} for the day of the week; one of them, and only one, must be ?`;
  return { message, start: dayOfMonth.index, length: dayOfWeek.index + dayOfWeek[0].length - dayOfMonth.index };
}

function unfitField(found: RegExpExecArray, { name, allowed }: CronField): ScheduleProblem {
  const [given] = found;
  return {
    message: `has '${given}' for the ${name}; allowed are ${allowed}`,
    start: found.index,
    length: given.length,
  };
}

function isFieldFit(text: string, field: CronField): boolean {
  // Signs such as ? and L cannot be combined.
  if (field.signs?.test(text.toUpperCase())) return true;
  return text.split(",").every((item) => isItemFit(item.toUpperCase(), field));
}

function isItemFit(item: string, field: CronField): boolean {
  const [, range = "", step] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(item) ?? [];
  if (step !== undefined && (Number(step) === 0 || Number(step) > field.last)) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((value) => valueOf(value, field));
  const [from, to = from] = ends;
  return ends.length <= 2 && !ends.includes(undefined) && from! <= to!;
}

function valueOf(text: string, { first, last, words }: CronField): number | undefined {
  const word = words?.indexOf(text) ?? -1;
  const value = word >= 0 ? word + 1 : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= first && value <= last ? value : undefined;
}
