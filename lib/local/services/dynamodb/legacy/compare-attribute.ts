import type { ComparisonOperator } from "@aws-sdk/client-dynamodb";
import { invalidParameter, validationError } from "../errors.ts";
import { typeOf, type Value } from "../values/attribute-value.ts";
import { checkValue, type RawValue } from "../values/check-value.ts";
import { compareValues } from "../values/compare-values.ts";
import type { Comparator, Condition, Operand } from "../expressions/syntax.ts";

const COMPARATORS: Partial<Record<ComparisonOperator, Comparator>> = {
  EQ: "=",
  NE: "<>",
  LT: "<",
  LE: "<=",
  GT: ">",
  GE: ">=",
};

const SCALARS = "S N B";

/** Which types each operator compares; those that are not here take any. */
const TYPES: Partial<Record<ComparisonOperator, string>> = {
  LT: SCALARS,
  LE: SCALARS,
  GT: SCALARS,
  GE: SCALARS,
  BETWEEN: SCALARS,
  IN: SCALARS,
  CONTAINS: SCALARS,
  NOT_CONTAINS: SCALARS,
  BEGINS_WITH: "S B",
};

/** One comparison from before there were expressions, as a condition. Refuses what AWS refuses. */
export function compareAttribute(name: string, operator: ComparisonOperator, raw: readonly RawValue[]): Condition {
  const values = raw.map((value) => checkValue(value));
  checkCount(operator, values.length);
  if (values.some((value) => typeOf(value) !== typeOf(values[0]!)))
    throw invalidParameter("AttributeValues inside AttributeValueList must be of same type");
  for (const value of values) {
    if (TYPES[operator] && !TYPES[operator].split(" ").includes(typeOf(value)))
      throw invalidParameter(`ComparisonOperator ${operator} is not valid for ${typeOf(value)} AttributeValue type`);
  }
  if (operator === "BETWEEN" && (compareValues(values[0]!, values[1]!) ?? 0) > 0)
    throw validationError(
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    );
  return buildCondition(name, operator, values);
}

/** All of the conditions, or one of them; undefined when there are none. */
export function joinConditions(conditions: readonly Condition[], joint: "AND" | "OR" = "AND"): Condition | undefined {
  const [first, ...others] = conditions;
  return first && others.reduce((left, right) => ({ kind: joint === "OR" ? "or" : "and", left, right }), first);
}

function buildCondition(name: string, operator: ComparisonOperator, values: readonly Value[]): Condition {
  const operand: Operand = { kind: "path", path: [name] };
  const [first, second] = values.map((value): Operand => ({ kind: "value", value }));
  const call = (function_: string): Condition => ({
    kind: "call",
    name: function_,
    args: first ? [operand, first] : [operand],
  });
  switch (operator) {
    case "NULL":
      return call("attribute_not_exists");
    case "NOT_NULL":
      return call("attribute_exists");
    case "BEGINS_WITH":
      return call("begins_with");
    case "CONTAINS":
      return call("contains");
    case "NOT_CONTAINS":
      return { kind: "not", condition: call("contains") };
    case "BETWEEN":
      return { kind: "between", operand, low: first!, high: second! };
    case "IN":
      return { kind: "in", operand, options: values.map((value): Operand => ({ kind: "value", value })) };
    default:
      return { kind: "compare", operator: COMPARATORS[operator]!, left: operand, right: first! };
  }
}

function checkCount(operator: ComparisonOperator, count: number): void {
  const fits =
    operator === "IN"
      ? count > 0
      : count === (operator === "BETWEEN" ? 2 : operator === "NULL" || operator === "NOT_NULL" ? 0 : 1);
  if (!fits) throw invalidParameter(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
}
