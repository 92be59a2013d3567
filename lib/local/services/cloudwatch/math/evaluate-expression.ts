import type { Expression } from "./expression.ts";
import { MathError } from "./math-error.ts";
import { findFunction } from "./math-functions.ts";
import { operate } from "./math-operators.ts";
import { list, overSeries, mapPoints, scalar, type MathValue, type TimeSeries } from "./math-value.ts";

/** The values of names, and all metrics of the request for `METRICS()`. */
export interface MathScope {
  lookUp(id: string): MathValue | undefined;
  /** The metrics of the request; with a text, those whose id contains it. */
  metrics(containing: string): readonly TimeSeries[];
}

/** Words that functions take where others take a value. */
const WORDS = new Set(["REPEAT", "LINEAR", "ASC", "DESC", "SUM", "AVG", "MIN", "MAX", "STDDEV"]);

/** What an expression is worth. */
export function evaluateExpression(expression: Expression, scope: MathScope): MathValue {
  const evaluate = (one: Expression) => evaluateExpression(one, scope);
  switch (expression.kind) {
    case "number":
      return scalar(expression.value);
    case "text":
      return { kind: "text", text: expression.text };
    case "name":
      return named(expression.name, scope);
    case "negate":
      return negated(evaluate(expression.operand));
    case "list":
      return list(expression.items.flatMap((item) => seriesIn(evaluate(item))));
    case "binary":
      return operate(expression.operator, evaluate(expression.left), evaluate(expression.right));
    case "call":
      return called(expression.name, expression.args, evaluate, scope);
  }
}

function called(
  name: string,
  args: readonly Expression[],
  evaluate: (one: Expression) => MathValue,
  scope: MathScope,
): MathValue {
  if (name.toUpperCase() !== "METRICS") return findFunction(name)(args.map(evaluate), name.toUpperCase());
  const [filter] = args.map(evaluate);
  if (filter && filter.kind !== "text") throw new MathError("METRICS takes a text");
  return list(scope.metrics(filter?.text ?? ""));
}

function named(name: string, scope: MathScope): MathValue {
  const value = scope.lookUp(name);
  if (value) return value;
  if (WORDS.has(name)) return { kind: "text", text: name };
  throw new MathError(`Unknown id '${name}'`);
}

function negated(value: MathValue): MathValue {
  if (value.kind === "scalar") return scalar(-value.value);
  return overSeries(value, "What is negated", (one) => mapPoints(one, (point) => -point));
}

function seriesIn(value: MathValue): readonly TimeSeries[] {
  if (value.kind === "series") return [value.series];
  if (value.kind === "list") return value.list;
  throw new MathError("A list holds time series only");
}
