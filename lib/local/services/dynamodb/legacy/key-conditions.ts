import type { Checked } from "../../../kit/checked.ts";
import type { Condition as LegacyCondition } from "@aws-sdk/client-dynamodb";
import type { KeyComparison, KeyComparisons, KeyOperator } from "../expressions/key-condition.ts";
import { validationError } from "../errors.ts";
import { checkValue } from "../values/check-value.ts";
import { compareAttribute } from "./compare-attribute.ts";

const OPERATORS: Readonly<Record<string, KeyOperator>> = {
  EQ: "=",
  LT: "<",
  LE: "<=",
  GT: ">",
  GE: ">=",
  BETWEEN: "between",
  BEGINS_WITH: "begins_with",
};

/** `KeyConditions`, from before there were key condition expressions. */
export function readKeyConditions(conditions: Readonly<Record<string, Checked<LegacyCondition>>>): KeyComparisons {
  const entries = Object.entries(conditions);
  const comparisons = new Map<string, KeyComparison>();
  for (const [name, { ComparisonOperator: operator, AttributeValueList: values = [] }] of entries) {
    compareAttribute(name, operator, values); // for what it refuses
    comparisons.set(name, {
      operator: OPERATORS[operator] ?? "other",
      values: values.map((value) => checkValue(value)),
    });
  }
  if (entries.length !== 1 && entries.length !== 2) throw validationError("Conditions can be of length 1 or 2 only");
  return comparisons;
}
