import { UserError } from "../errors.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration such as `90s`, `30m`, `2h` or `1d` as milliseconds. Throws a `UserError` for anything else. */
export function parseDuration(text: unknown): number {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(typeof text === "string" ? text : "") ?? [];
  const unitMs = UNIT_MS[unit];
  if (count !== undefined && unitMs !== undefined) return Math.round(Number(count) * unitMs);
  throw new UserError("UsageWrong", `Expected a duration such as 90s, 30m, 2h or 1d, got ${JSON.stringify(text)}`);
}
