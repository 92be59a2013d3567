import type { RequestChecks } from "../request-checks.ts";

interface ReturnMembers {
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** AWS's model of the members that select what a request returns. */
export function checkReturnMembers(checks: RequestChecks, input: ReturnMembers): RequestChecks {
  return checks
    .oneOf("returnConsumedCapacity", input.ReturnConsumedCapacity, ["INDEXES", "TOTAL", "NONE"])
    .oneOf("returnItemCollectionMetrics", input.ReturnItemCollectionMetrics, ["SIZE", "NONE"])
    .oneOf("returnValues", input.ReturnValues, ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"])
    .oneOf("returnValuesOnConditionCheckFailure", input.ReturnValuesOnConditionCheckFailure, ["ALL_OLD", "NONE"]);
}
