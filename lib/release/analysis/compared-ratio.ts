import type { ComparedStatistic, MetricComparison } from "../../assembly/release-metadata.ts";

/** An expression that divides counts by counts. */
export interface ComparedRatio {
  readonly numerator: readonly ComparedStatistic[];
  readonly denominator: readonly ComparedStatistic[];
  /** What the ratio is multiplied with: 100 for percents. */
  readonly factor: number;
}

/**
 * The counts of an expression such as `failed / orders`, `100 * failed / (failed + paid)` or `(a + b) / c * 100`, which
 * can be compared exactly; undefined for any other.
 */
export function readRatio({ queries: [judged, ...others] }: MetricComparison): ComparedRatio | undefined {
  if (!("expression" in judged)) return undefined;
  const { text, factor } = splitFactor(judged.expression.trim());
  const [top, bottom, ...more] = text.split("/");
  if (top === undefined || bottom === undefined || more.length > 0) return undefined;
  const counts = new Map(others.flatMap((one) => (isCount(one) ? [[one.id, one] as const] : [])));
  const [numerator, denominator] = [top, bottom].map((side) => readSum(side, counts));
  return numerator === undefined || denominator === undefined ? undefined : { numerator, denominator, factor };
}

function splitFactor(expression: string): { readonly text: string; readonly factor: number } {
  const before = /^(\d+(?:\.\d+)?)\s*\*(.*)$/s.exec(expression);
  if (before !== null) return { text: withoutParentheses(before[2]), factor: Number(before[1]) };
  const after = /^(.*)\*\s*(\d+(?:\.\d+)?)$/s.exec(expression);
  if (after !== null) return { text: withoutParentheses(after[1]), factor: Number(after[2]) };
  return { text: withoutParentheses(expression), factor: 1 };
}

/** `(a / b)` becomes `a / b`; `(a + b) / (c + d)` stays. */
function withoutParentheses(text = ""): string {
  const inner = /^\s*\(([^()]*\/[^()]*|\([^()]*\)\s*\/[^()]*|[^()]*\/\s*\([^()]*\))\)\s*$/s.exec(text)?.[1];
  return inner ?? text;
}

function readSum(
  side: string,
  counts: ReadonlyMap<string, ComparedStatistic>,
): readonly ComparedStatistic[] | undefined {
  const text = side.trim();
  const inner = /^\(([^()]*)\)$/s.exec(text)?.[1];
  // Without parentheses a sum would bind less tightly than the division.
  if (inner === undefined && text.includes("+")) return undefined;
  const found = (inner ?? text).split("+").map((id) => counts.get(id.trim()));
  return found.every((one) => one !== undefined) ? found : undefined;
}

function isCount(query: MetricComparison["queries"][number]): query is ComparedStatistic {
  return "stat" in query && (query.stat === "Sum" || query.stat === "SampleCount");
}
