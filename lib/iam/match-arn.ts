import { matchesWildcards } from "../util/match-wildcards.ts";

const ARN_PARTS = 6;

/**
 * Whether an ARN fits a pattern. Wildcards do not reach over the first five colons, but for one at the end of a pattern
 * with fewer parts: `arn:aws:s3:*` takes every ARN that begins so.
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const wanted = splitAt(pattern, ARN_PARTS);
  if (wanted.length < ARN_PARTS && !pattern.endsWith("*")) return pattern === arn;
  const given = splitAt(arn, wanted.length);
  return given.length === wanted.length && wanted.every((part, index) => matchesWildcards(part, given[index] ?? ""));
}

/** At most so many parts; the last one keeps its colons. */
function splitAt(text: string, count: number): string[] {
  const parts = text.split(":");
  return parts.length <= count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join(":")];
}
