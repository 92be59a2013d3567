import { compileDelimitedPattern } from "./delimited-pattern.ts";
import { compileJsonPattern } from "./json-pattern.ts";
import { compileTermPattern } from "./term-pattern.ts";

/** What a pattern found in a message that matches it. */
export interface PatternMatch {
  /** The value of `$.selector` or `$field`; undefined where the message has none. */
  value(reference: string): string | number | undefined;
  /** The fields that the pattern names, as TestMetricFilter shows them. */
  extracted(): Record<string, string>;
}

export interface FilterPattern {
  /** Undefined when the message does not match. */
  match(message: string): PatternMatch | undefined;
}

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
