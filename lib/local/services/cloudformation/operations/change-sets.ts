import type { Output, Input } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { ChangeSetRecord } from "../change-sets/change-set-record.ts";
import type { StackRecord } from "../model.ts";
import { STACK_MISSING } from "../stack-store.ts";
import { beginOperation, checkUpdatable } from "./begin.ts";
import { pageOf } from "./paging.ts";
import type { CloudformationParts } from "./service.ts";

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

/** Begins to carry a change set out. The stack's other change sets become obsolete and go. */
export function executeChangeSet(
  parts: CloudformationParts,
  input: Input<"cloudformation", "ExecuteChangeSet">,
  context: RequestContext,
): Record<string, never> {
  const { stack, record } = locate(parts, input.StackName, input.ChangeSetName, context);
  const isAgain = input.ClientRequestToken !== undefined && record.executedWith === input.ClientRequestToken;
  if (isAgain) return {};
  if (record.executionStatus !== "AVAILABLE") {
    throw new AwsError(
      "InvalidChangeSetStatusException",
      `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status === "FAILED" ? "FAILED" : record.executionStatus}]`,
    );
  }
  const isNew = stack.status === "REVIEW_IN_PROGRESS";
  if (!isNew) checkUpdatable(stack);
  if (input.DisableRollback === true && record.onStackFailure !== undefined)
    throw invalid("You can specify either DisableRollback or OnStackFailure, but not both.");
  parts.cloud.store.transaction(() => {
    overtakeChangeSets(parts, stack);
    parts.changeSets.put({ ...record, executionStatus: "EXECUTE_COMPLETE", executedWith: input.ClientRequestToken });
    for (const nested of parts.changeSets.nestedIn(record))
      parts.changeSets.put({ ...nested, executionStatus: "EXECUTE_COMPLETE" });
    stack.changeSetId = record.id;
    if (record.notificationArns.length > 0) stack.notificationArns = record.notificationArns;
    stack.disableRollback = input.DisableRollback ?? false;
    beginOperation(parts, stack, isNew ? "CREATE" : "UPDATE", record.revision, {
      token: input.ClientRequestToken,
      disableRollback: input.DisableRollback,
      onFailure: record.onStackFailure,
    });
  });
  return {};
}

/** The stack changes: change sets that wait for execution become obsolete, executed and overtaken ones are deleted. */
export function overtakeChangeSets(parts: CloudformationParts, stack: StackRecord): void {
  for (const record of parts.changeSets.list(stack)) {
    if (record.parentId !== undefined) continue;
    if (record.executionStatus === "AVAILABLE") parts.changeSets.put({ ...record, executionStatus: "OBSOLETE" });
    else deleteWithNested(parts, record);
  }
}

/** Deletes a change set with those of its nested stacks, and nested stacks that were only there to be reviewed. */
export function deleteWithNested(parts: CloudformationParts, record: ChangeSetRecord): void {
  for (const nested of parts.changeSets.nestedIn(record)) {
    parts.changeSets.delete(nested);
    const stack = parts.store.findByUuid(nested.region, nested.stackUuid);
    if (stack?.status !== "REVIEW_IN_PROGRESS") continue;
    parts.events.forget(stack);
    parts.store.forget(stack);
  }
  parts.changeSets.delete(record);
}

/** The change set and its stack, by ARN or by both names. */
export function locate(
  parts: CloudformationParts,
  stackName: string | undefined,
  changeSetName: string | undefined,
  context: RequestContext,
): { stack: StackRecord; record: ChangeSetRecord } {
  const name = changeSetName ?? "";
  const isArn = name.startsWith("arn:");
  if (!isArn && stackName === undefined)
    throw invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  const stack =
    stackName === undefined ? undefined : parts.store.require(context.region, stackName, STACK_MISSING.bracketed);
  const record = parts.changeSets.require(context.region, name, stack);
  const owner = stack ?? parts.store.listAll().find((item) => item.uuid === record.stackUuid);
  if (!owner)
    throw new AwsError("ChangeSetNotFoundException", `ChangeSet [${name}] does not exist`, { statusCode: 404 });
  return { stack: owner, record };
}

/** Deletes a change set that is not being executed. */
export function deleteChangeSet(
  parts: CloudformationParts,
  input: Input<"cloudformation", "DeleteChangeSet">,
  context: RequestContext,
): Record<string, never> {
  const name = input.ChangeSetName ?? "";
  if (!name.startsWith("arn:") && input.StackName === undefined) {
    throw invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const stack =
    input.StackName === undefined
      ? undefined
      : parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  const record = parts.changeSets.find(context.region, name, stack);
  if (record?.rootId !== undefined) {
    throw new AwsError(
      "InvalidChangeSetStatusException",
      `ChangeSet [${record.id}] belongs to a nested stack. Delete its root change set [${record.rootId}] instead.`,
    );
  }
  if (record) deleteWithNested(parts, record);
  return {};
}

/** The change sets of a stack. */
export function listChangeSets(
  parts: CloudformationParts,
  input: Input<"cloudformation", "ListChangeSets">,
  context: RequestContext,
): Output<"cloudformation", "ListChangeSets"> {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  const records = parts.changeSets.list(stack).filter((record) => record.executionStatus !== "EXECUTE_COMPLETE");
  const { page, next } = pageOf(records, input.NextToken, 100);
  return {
    Summaries: page.map((record) => ({
      StackId: stack.id,
      StackName: stack.name,
      ChangeSetId: record.id,
      ChangeSetName: record.name,
      ExecutionStatus: record.executionStatus,
      Status: record.status,
      StatusReason: record.statusReason,
      CreationTime: new Date(record.creationTime),
      Description: record.description,
      IncludeNestedStacks: record.includeNestedStacks,
      ParentChangeSetId: record.parentId,
      RootChangeSetId: record.rootId,
    })),
    NextToken: next,
  };
}
