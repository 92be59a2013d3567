import { constraint } from "./errors.ts";

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]+$/;
const STREAM_NAME = /^[^:*]*$/;

/** Refuses a log group's name with characters, or of a length, that AWS does not allow. */
export function checkGroupName(name: string | undefined): string {
  checkLength(name ?? "", "logGroupName", 1, 512);
  if (!GROUP_NAME.test(name!))
    throw constraint(name, "logGroupName", String.raw`satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+`);
  return name!;
}

/** Refuses a log stream's name with `:` or `*`, or longer than 512 characters. */
export function checkStreamName(name: string | undefined): string {
  checkLength(name ?? "", "logStreamName", 1, 512);
  if (!STREAM_NAME.test(name!)) throw constraint(name, "logStreamName", "satisfy regular expression pattern: [^:*]*");
  return name!;
}

/** Refuses text that is longer or shorter than AWS allows. */
export function checkLength(value: string | undefined, member: string, min: number, max: number): void {
  if (value === undefined) return;
  if (value.length < min) throw constraint(value, member, `have length greater than or equal to ${min}`);
  if (value.length > max) throw constraint(value, member, `have length less than or equal to ${max}`);
}

/** The requested limit, or AWS's default. */
export function checkLimit(limit: number | undefined, max: number): number {
  if (limit === undefined) return max;
  if (limit < 1) throw constraint(limit, "limit", "have value greater than or equal to 1");
  if (limit > max) throw constraint(limit, "limit", `have value less than or equal to ${max}`);
  return limit;
}
