import type { Output, Input } from "../../../kit/operation-types.ts";
import type { ExecutionStatus } from "@aws-sdk/client-cloudformation";
import type { RequestContext } from "../../../service.ts";
import type { ChangeSetRecord } from "../change-sets/change-set-record.ts";
import type { StackRecord } from "../model.ts";
import { describeParameters } from "./describe-stacks.ts";
import { locate } from "./change-sets.ts";
import { pageOf } from "./paging.ts";
import type { CloudformationParts } from "./service.ts";

/** What a change set would do. */
export function describeChangeSet(
  parts: CloudformationParts,
  input: Input<"cloudformation", "DescribeChangeSet">,
  context: RequestContext,
): Output<"cloudformation", "DescribeChangeSet"> {
  const { stack, record } = locate(parts, input.StackName, input.ChangeSetName, context);
  const withValues = input.IncludePropertyValues === true;
  const { page, next } = pageOf(withValues ? record.changesWithValues : record.changes, input.NextToken, 100);
  return {
    ChangeSetName: record.name,
    ChangeSetId: record.id,
    StackId: stack.id,
    StackName: stack.name,
    Description: record.description,
    Parameters: describeParameters(record.revision.parameters),
    CreationTime: new Date(record.creationTime),
    ExecutionStatus: executionStatus(stack, record),
    Status: record.status,
    StatusReason: record.statusReason ?? (withValues ? record.valuesWarning : undefined),
    NotificationARNs: record.notificationArns,
    RollbackConfiguration: stack.rollbackConfiguration,
    Capabilities: record.revision.capabilities as Output<"cloudformation", "DescribeChangeSet">["Capabilities"],
    Tags: record.revision.tags.length > 0 ? record.revision.tags : undefined,
    Changes: page,
    NextToken: next,
    IncludeNestedStacks: record.includeNestedStacks,
    ParentChangeSetId: record.parentId,
    RootChangeSetId: record.rootId,
    OnStackFailure: record.onStackFailure,
  };
}

/** How the execution came out is how the stack did. */
function executionStatus(stack: StackRecord, record: ChangeSetRecord): ExecutionStatus {
  if (record.executionStatus !== "EXECUTE_COMPLETE" || stack.changeSetId !== record.id) return record.executionStatus;
  if (/ROLLBACK|FAILED/.test(stack.status)) return "EXECUTE_FAILED";
  return stack.operation && !stack.status.includes("CLEANUP") ? "EXECUTE_IN_PROGRESS" : "EXECUTE_COMPLETE";
}
