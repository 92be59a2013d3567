import { UserError } from "../errors.ts";

/** A count of 1 or more. `flag` is how an error calls it. */
export function parseCount(text: unknown, flag: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UserError("UsageWrong", `Expected ${flag} with a count of 1 or more, got ${JSON.stringify(text)}`);
}
