import type { Checked } from "../../../kit/checked.ts";
import type { Condition as LegacyCondition, ConditionalOperator } from "@aws-sdk/client-dynamodb";
import type { Condition } from "../expressions/syntax.ts";
import { validationError } from "../errors.ts";
import { compareAttribute, joinConditions } from "./compare-attribute.ts";

/** `QueryFilter` or `ScanFilter`, from before there were filter expressions; undefined when there is none. */
export function readFilter(
  filter: Readonly<Record<string, Checked<LegacyCondition>>> | undefined,
  operator: ConditionalOperator | undefined,
): Condition | undefined {
  const entries = Object.entries(filter ?? {});
  if (operator && entries.length === 0)
    throw validationError("ConditionalOperator cannot be used without Filter or Expected");
  if (operator && entries.length === 1)
    throw validationError("ConditionalOperator can only be used when Filter or Expected has two or more elements");
  return joinConditions(
    entries.map(([name, { ComparisonOperator, AttributeValueList = [] }]) =>
      compareAttribute(name, ComparisonOperator, AttributeValueList),
    ),
    operator,
  );
}
