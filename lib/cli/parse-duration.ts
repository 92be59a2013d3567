import { UserError } from "../errors.ts";

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Milliseconds of a duration such as `90s`, `30m`, `2h` or `1d`. Throws a `UserError` for another text. */
export function parseDuration(text: unknown): number {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(typeof text === "string" ? text : "") ?? [];
  const unitMs = UNIT_MS.get(unit);
  if (count !== undefined && unitMs !== undefined) return Math.round(Number(count) * unitMs);
  throw new UserError("UsageWrong", `Expected a duration such as 90s, 30m, 2h or 1d, got ${JSON.stringify(text)}`);
}
