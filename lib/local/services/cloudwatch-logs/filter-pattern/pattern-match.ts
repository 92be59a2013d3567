/** What a pattern found in a message that matches it. */
export interface PatternMatch {
  /** The value of `$.selector` or `$field`; undefined where the message has none. */
  value(reference: string): string | number | undefined;
  /** The fields that the pattern names, as TestMetricFilter shows them. */
  extracted(): Record<string, string>;
}

/** A compiled filter pattern. */
export interface FilterPattern {
  /** Undefined when the message does not match. */
  match(message: string): PatternMatch | undefined;
}
