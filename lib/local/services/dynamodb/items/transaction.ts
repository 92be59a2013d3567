import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import { AwsError, isAwsError } from "../../../aws-error.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-dynamodb-transactions */
export const MOST_ACTIONS = 100;
/** The items of one transaction have at most 4 MB together. */
export const MOST_TRANSACTION_BYTES = 4 * 1024 * 1024;

/** Empty keys are refused at once; other faults of keys cancel the transaction. */
const SAID_AT_ONCE = "One or more parameter values are not valid.";

/**
 * Does a step for every action of a transaction. When some are refused, the transaction is cancelled with a reason for
 * each action, in their order.
 */
export function forEachAction<A, R>(actions: readonly A[], step: (action: A, at: number) => R): R[] {
  const results: R[] = [];
  const reasons: CancellationReason[] = [];
  for (const [at, action] of actions.entries()) {
    try {
      results.push(step(action, at));
      reasons.push({ Code: "None" });
    } catch (error) {
      reasons.push(cancellationReason(error));
    }
  }
  if (reasons.every(({ Code }) => Code === "None")) return results;
  throw new AwsError(
    "TransactionCanceledException",
    "Transaction cancelled, please refer cancellation reasons for specific reasons " +
      `[${reasons.map(({ Code }) => Code).join(", ")}]`,
    { members: { CancellationReasons: reasons } },
  );
}

function cancellationReason(error: unknown): CancellationReason {
  if (isAwsError(error, "ConditionalCheckFailedException"))
    return { Code: "ConditionalCheckFailed", Message: error.message, ...error.members };
  if (isAwsError(error, "ValidationException") && !error.message.startsWith(SAID_AT_ONCE))
    return { Code: "ValidationError", Message: error.message };
  throw error;
}
