import { matchesWildcards } from "../../../../util/match-wildcards.ts";

const ARN_PARTS = 6;

/** Whether an ARN fits a pattern. Wildcards do not reach over the first five colons. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const patternParts = splitArn(pattern);
  if (patternParts.length < ARN_PARTS) return matchesWildcards(pattern, arn);
  const arnParts = splitArn(arn);
  return arnParts.length === ARN_PARTS && patternParts.every((part, index) => matchesWildcards(part, arnParts[index]!));
}

function splitArn(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length <= ARN_PARTS ? parts : [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(":")];
}
