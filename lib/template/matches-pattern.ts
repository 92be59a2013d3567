import { judgeAllowedPattern, PATTERN_LIMIT_MS } from "../util/allowed-pattern.ts";
import { TemplateError } from "./template-error.ts";

/** Whether every value fits a pattern of the template's. Throws for one that takes too long, or is not a pattern. */
export function matchesPattern(pattern: string, values: readonly string[], parameter: string): boolean {
  const verdict = judgeAllowedPattern(pattern, values);
  if (verdict === "fits" || verdict === "differs") return verdict === "fits";
  const problem = verdict === "slow" ? `took longer than ${PATTERN_LIMIT_MS} ms` : "is not a regular expression";
  throw new TemplateError(`Template format error: AllowedPattern of parameter '${parameter}' ${problem}: ${pattern}`);
}
