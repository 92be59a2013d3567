import type { Input, Nothing, Output } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { STACK_MISSING } from "../stack-store.ts";
import type { CloudformationParts } from "./service.ts";

/** Continues a rollback that got stuck; the resources to skip are considered rolled back. */
export function continueUpdateRollback(
  parts: CloudformationParts,
  input: Input<"cloudformation", "ContinueUpdateRollback">,
  context: RequestContext,
): Nothing {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  if (stack.status !== "UPDATE_ROLLBACK_FAILED" || !stack.operation) {
    throw new AwsError(
      "ValidationError",
      `Stack:${stack.id} is in ${stack.status} state and can not continue rolling back.`,
    );
  }
  const skip = input.ResourcesToSkip ?? [];
  for (const logicalId of skip) {
    const record = parts.store.resource(stack, logicalId);
    if (!record)
      throw new AwsError(
        "ValidationError",
        `Resource [${logicalId}] does not exist in the stack ${stack.name}. Therefore, it can't be skipped.`,
      );
    if (record.status === "UPDATE_FAILED") continue;
    throw new AwsError(
      "ValidationError",
      `Resources [${logicalId}] are not in UPDATE_FAILED state and cannot be skipped.`,
    );
  }
  stack.operation = { ...stack.operation, token: input.ClientRequestToken, skip, phase: "rollback" };
  stack.status = "UPDATE_ROLLBACK_IN_PROGRESS";
  stack.statusReason = "User Initiated";
  stack.lastUpdatedTime = parts.cloud.clock.now();
  parts.store.put(stack);
  parts.events.addStack(stack);
  parts.engine.begin(stack);
  return {};
}

/** Stops an update that is under way and rolls it back. */
export function cancelUpdateStack(
  parts: CloudformationParts,
  input: Input<"cloudformation", "CancelUpdateStack">,
  context: RequestContext,
): Record<string, never> {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  if (stack.status !== "UPDATE_IN_PROGRESS" || !stack.operation) {
    throw new AwsError("ValidationError", "CancelUpdateStack cannot be called from current stack status");
  }
  stack.operation.cancelRequested = true;
  parts.store.put(stack);
  parts.engine.cancel(stack);
  return {};
}

/** Rolls back a stack that failed with rollback disabled. */
export function rollbackStack(
  parts: CloudformationParts,
  input: Input<"cloudformation", "RollbackStack">,
  context: RequestContext,
): Output<"cloudformation", "RollbackStack"> {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  const isCreate = stack.status === "CREATE_FAILED";
  if ((!isCreate && stack.status !== "UPDATE_FAILED") || !stack.stopped) {
    throw new AwsError("ValidationError", `Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
  }
  stack.operation = {
    ...stack.stopped,
    token: input.ClientRequestToken,
    phase: isCreate ? "delete" : "rollback",
    disableRollback: false,
  };
  stack.stopped = undefined;
  stack.status = isCreate ? "ROLLBACK_IN_PROGRESS" : "UPDATE_ROLLBACK_IN_PROGRESS";
  stack.statusReason = "User Initiated";
  parts.store.put(stack);
  parts.events.addStack(stack);
  parts.engine.begin(stack);
  return { StackId: stack.id };
}
