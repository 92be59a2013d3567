import type { FilterPattern } from "./pattern-match.ts";
import { compileDelimitedPattern } from "./delimited-pattern.ts";
import { compileJsonPattern } from "./json-pattern.ts";
import { compileTermPattern } from "./term-pattern.ts";

/**
 * A filter pattern as CloudWatch Logs reads it: terms, `{ JSON selectors }` or `[space, delimited, fields]`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function readFilterPattern(text: string): FilterPattern {
  const pattern = text.trim();
  if (pattern.startsWith("{")) return compileJsonPattern(pattern);
  if (pattern.startsWith("[")) return compileDelimitedPattern(pattern);
  return compileTermPattern(pattern);
}

/** Only whether a message matches. */
export function compileFilterPattern(text: string): (message: string) => boolean {
  const pattern = readFilterPattern(text);
  return (message) => pattern.match(message) !== undefined;
}
