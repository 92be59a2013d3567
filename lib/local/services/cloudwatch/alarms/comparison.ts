import type { ComparisonOperator } from "@aws-sdk/client-cloudwatch";

interface Comparison {
  readonly holds: (value: number, threshold: number) => boolean;
  /** As AWS's reasons say it: "was greater than the threshold". */
  readonly words: string;
}

/** The comparisons with a fixed threshold. */
export const COMPARISONS: ReadonlyMap<string, Comparison> = new Map<ComparisonOperator, Comparison>([
  [
    "GreaterThanOrEqualToThreshold",
    { holds: (value, threshold) => value >= threshold, words: "greater than or equal to" },
  ],
  ["GreaterThanThreshold", { holds: (value, threshold) => value > threshold, words: "greater than" }],
  ["LessThanThreshold", { holds: (value, threshold) => value < threshold, words: "less than" }],
  ["LessThanOrEqualToThreshold", { holds: (value, threshold) => value <= threshold, words: "less than or equal to" }],
]);
