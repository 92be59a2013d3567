import type { ConditionalOperator, ExpectedAttributeValue } from "@aws-sdk/client-dynamodb";
import type { Condition } from "../expressions/syntax.ts";
import { invalidParameter, validationError } from "../errors.ts";
import { compareAttribute, joinConditions } from "./compare-attribute.ts";

/** `Expected` and `ConditionalOperator` as a condition; undefined when nothing is expected. */
export function readExpected(
  expected: Readonly<Record<string, ExpectedAttributeValue>> | undefined,
  operator: ConditionalOperator | undefined,
): Condition | undefined {
  const entries = Object.entries(expected ?? {});
  if (operator && entries.length === 0)
    throw validationError("ConditionalOperator cannot be used without Filter or Expected");
  if (operator && entries.length === 1)
    throw validationError("ConditionalOperator can only be used when Filter or Expected has two or more elements");
  return joinConditions(
    entries.map(([name, one]) => readOne(name, one)),
    operator,
  );
}

function readOne(name: string, expected: ExpectedAttributeValue): Condition {
  const { AttributeValueList: list, ComparisonOperator: operator, Exists: exists, Value: value } = expected;
  const refuse = (message: string): never => {
    throw invalidParameter(`${message} for Attribute: ${name}`);
  };
  if (list && value) refuse("Value and AttributeValueList cannot be used together");
  if (operator) {
    if (exists !== undefined) refuse("Exists and ComparisonOperator cannot be used together");
    if (operator !== "NULL" && operator !== "NOT_NULL" && !list && !value)
      refuse(`Value or AttributeValueList must be used with ComparisonOperator: ${operator}`);
    return compareAttribute(name, operator, list ?? (value ? [value] : []));
  }
  if (list) refuse("AttributeValueList can only be used with a ComparisonOperator");
  if (exists === false) {
    if (value) refuse("Value cannot be used when Exists is false");
    return compareAttribute(name, "NULL", []);
  }
  if (!value) refuse(`Value must be provided when Exists is ${exists ?? "null"}`);
  return compareAttribute(name, "EQ", [value!]);
}
