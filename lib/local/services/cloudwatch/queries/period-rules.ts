import { invalidValue, validation } from "../errors.ts";

const SHORT_PERIODS = new Set([1, 5, 10, 20, 30]);

/** 1, 5, 10, 20, 30 seconds, or whole minutes up to a day. */
export function checkPeriod(seconds: number | undefined, member: string): number {
  if (seconds === undefined || seconds < 1)
    throw validation(
      `1 validation error detected: Value '${seconds ?? "null"}' at '${member}' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    );
  if (!SHORT_PERIODS.has(seconds) && seconds % 60 !== 0)
    throw invalidValue(`The parameter Period must be a value in the set [ 1, 5, 10, 20, 30 ] or a multiple of 60.`);
  return seconds;
}

/** Refuses times that do not go forward. */
export function checkTimes(start: Date | undefined, end: Date | undefined): { startMs: number; endMs: number } {
  const [startMs, endMs] = [start?.getTime() ?? Number.NaN, end?.getTime() ?? Number.NaN];
  if (Number.isNaN(startMs)) throw invalidValue("The parameter StartTime is not a valid time.");
  if (Number.isNaN(endMs)) throw invalidValue("The parameter EndTime is not a valid time.");
  if (startMs >= endMs) throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
  return { startMs, endMs };
}
