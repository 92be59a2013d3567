import type { Output, Input } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { importersOf } from "../exports.ts";
import type { StackRecord } from "../model.ts";
import { callerOf } from "../prepare/caller.ts";
import { prepareRevision } from "../prepare/prepare.ts";
import { STACK_MISSING } from "../stack-store.ts";
import { deleteWithNested, overtakeChangeSets } from "./change-sets.ts";
import { sameValue } from "../types/tolerate.ts";
import { beginOperation, checkStackName, checkUpdatable } from "./begin.ts";
import { shownRevision } from "./describe-stacks.ts";
import { newStack } from "./new-stack.ts";
import { planUpdate } from "./plan-update.ts";
import { requireServiceRole } from "./service-role.ts";
import type { CloudformationParts } from "./service.ts";
import { readStackPolicy } from "./stack-policy.ts";

/** Creates a stack at once, without a change set. */
export async function createStack(
  parts: CloudformationParts,
  input: Input<"cloudformation", "CreateStack">,
  context: RequestContext,
): Promise<Output<"cloudformation", "CreateStack">> {
  checkStackName(input.StackName);
  const found = parts.store.find(context.region, input.StackName);
  const token = input.ClientRequestToken;
  if (found && token !== undefined && found.lastToken === token) return { StackId: found.id };
  if (found && found.status !== "REVIEW_IN_PROGRESS")
    throw new AwsError("AlreadyExistsException", `Stack [${input.StackName}] already exists`);
  if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
    throw new AwsError("ValidationError", "You may only specify one of OnFailure or DisableRollback");
  }
  await requireServiceRole(parts.cloud, input.RoleARN, context.region);
  const policy = await readStackPolicy(parts, input.StackPolicyBody, input.StackPolicyURL, context.region);
  const settings = {
    notificationArns: input.NotificationARNs,
    roleArn: input.RoleARN,
    disableRollback: input.DisableRollback,
    timeoutInMinutes: input.TimeoutInMinutes,
    rollbackConfiguration: input.RollbackConfiguration,
    terminationProtection: input.EnableTerminationProtection,
    stackPolicy: policy,
  };
  const stack = found ?? newStack(parts, context.region, input.StackName, settings);
  const { revision } = await prepareRevision(
    input,
    { stack, previous: undefined, resources: new Map(), caller: callerOf(context), isDirect: true },
    parts.cloud,
  );
  const present = parts.store.find(context.region, stack.name);
  if (present && (present !== stack || present.status !== "REVIEW_IN_PROGRESS")) {
    throw new AwsError("AlreadyExistsException", `Stack [${input.StackName}] already exists`);
  }
  if (found) overtakeChangeSets(parts, found);
  beginOperation(parts, stack, "CREATE", revision, {
    token,
    disableRollback: input.DisableRollback,
    onFailure: input.OnFailure,
  });
  return { StackId: stack.id };
}

/** Changes a stack at once, without a change set. */
export async function updateStack(
  parts: CloudformationParts,
  input: Input<"cloudformation", "UpdateStack">,
  context: RequestContext,
): Promise<Output<"cloudformation", "UpdateStack">> {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  const token = input.ClientRequestToken;
  if (token !== undefined && stack.lastToken === token) return { StackId: stack.id };
  checkUpdatable(stack);
  await requireServiceRole(parts.cloud, input.RoleARN, context.region);
  const previous = shownRevision(parts, stack);
  const { revision, isEmpty } = await planUpdate(parts, input, stack, previous, {
    caller: callerOf(context),
    isDirect: true,
  });
  if (isEmpty && !settingsChange(stack, input))
    throw new AwsError("ValidationError", "No updates are to be performed.");
  const policy = await readStackPolicy(parts, input.StackPolicyBody, input.StackPolicyURL, context.region);
  checkUpdatable(stack);
  if (policy !== undefined) stack.stackPolicy = policy;
  if (input.NotificationARNs) stack.notificationArns = input.NotificationARNs;
  if (input.RoleARN !== undefined) stack.roleArn = input.RoleARN;
  if (input.RollbackConfiguration) stack.rollbackConfiguration = input.RollbackConfiguration;
  overtakeChangeSets(parts, stack);
  beginOperation(parts, stack, "UPDATE", revision, { token, disableRollback: input.DisableRollback });
  return { StackId: stack.id };
}

/** A new rollback configuration is a change of its own: the stack goes through an update that changes no resource. */
function settingsChange(
  stack: StackRecord,
  { RollbackConfiguration: wanted }: Input<"cloudformation", "UpdateStack">,
): boolean {
  return wanted !== undefined && !sameValue(stack.rollbackConfiguration, wanted);
}

/** Begins to take a stack away. Asking again is fine; so is a stack that is not there. */
export async function deleteStack(
  parts: CloudformationParts,
  input: Input<"cloudformation", "DeleteStack">,
  context: RequestContext,
): Promise<Record<string, never>> {
  const stack = parts.store.find(context.region, input.StackName ?? "");
  if (!stack || stack.status === "DELETE_COMPLETE" || stack.status === "DELETE_IN_PROGRESS") return {};
  if (stack.terminationProtection) {
    throw new AwsError(
      "ValidationError",
      `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
    );
  }
  if (stack.parentId !== undefined && parts.store.find(context.region, stack.rootId ?? "")?.terminationProtection) {
    throw new AwsError(
      "ValidationError",
      `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
    );
  }
  const retain = input.RetainResources ?? [];
  if (retain.length > 0 && stack.status !== "DELETE_FAILED" && input.DeletionMode !== "FORCE_DELETE_STACK") {
    throw new AwsError(
      "ValidationError",
      "Invalid operation on stack [" +
        stack.id +
        "]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.",
    );
  }
  checkExportsUnused(parts, stack);
  if (stack.operation) {
    parts.engine.cancel(stack);
    stack.operation.cancelRequested = true;
    await parts.engine.settled(stack);
  }
  if (stack.status === "REVIEW_IN_PROGRESS")
    for (const record of parts.changeSets.list(stack)) deleteWithNested(parts, record);
  const isForced = input.DeletionMode === "FORCE_DELETE_STACK";
  beginOperation(parts, stack, "DELETE", undefined, { token: input.ClientRequestToken, retain, isForced });
  return {};
}

function checkExportsUnused(parts: CloudformationParts, stack: StackRecord): void {
  for (const { ExportName: name } of stack.outputs) {
    if (name === undefined) continue;
    const users = importersOf(parts.store, stack.region, name).filter((user) => user !== stack.name);
    if (users.length > 0)
      throw new AwsError("ValidationError", `Export ${name} cannot be deleted as it is in use by ${users.join(", ")}`);
  }
}

/** Protects a stack from deletion, or takes the protection off. */
export function updateTerminationProtection(
  parts: CloudformationParts,
  input: Input<"cloudformation", "UpdateTerminationProtection">,
  context: RequestContext,
): Output<"cloudformation", "UpdateTerminationProtection"> {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  if (stack.parentId !== undefined) {
    throw new AwsError(
      "ValidationError",
      `Termination protection cannot be updated directly on the nested stack ${stack.name}; update the root stack instead.`,
    );
  }
  stack.terminationProtection = input.EnableTerminationProtection ?? false;
  parts.store.put(stack);
  return { StackId: stack.id };
}
