import type {
  ConditionalOperator,
  ExpectedAttributeValue,
  ReturnValuesOnConditionCheckFailure,
} from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import { meetsCondition } from "../expressions/evaluate-condition.ts";
import type { Expressions } from "../expressions/request-expressions.ts";
import type { Condition } from "../expressions/syntax.ts";
import { readExpected } from "../legacy/read-expected.ts";
import { emptyItem, type Item } from "../values/attribute-value.ts";

interface ConditionRequest {
  readonly Expected?: Readonly<Record<string, ExpectedAttributeValue>>;
  readonly ConditionalOperator?: ConditionalOperator;
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure;
}

/** What a write demands of the item before it: its condition expression, or the `Expected` of before expressions. */
export function readCondition(request: ConditionRequest, expressions: Expressions): Condition | undefined {
  return expressions.condition ?? readExpected(request.Expected, request.ConditionalOperator);
}

/** Refuses the write when the item, or its absence, does not meet the condition. */
export function checkMeets(condition: Condition | undefined, item: Item | undefined, request: ConditionRequest): void {
  if (!condition || meetsCondition(item ?? emptyItem(), condition)) return;
  const returned = item && request.ReturnValuesOnConditionCheckFailure === "ALL_OLD" ? { Item: item } : {};
  throw new AwsError("ConditionalCheckFailedException", "The conditional request failed", { members: returned });
}
