import type { DescribeChangeSetInput, DescribeChangeSetOutput } from "@aws-sdk/client-cloudformation";
import type { RequestContext } from "../../../service.ts";
import { describeParameters } from "./describe-stacks.ts";
import { locate } from "./change-sets.ts";
import { pageOf } from "./paging.ts";
import type { CloudformationParts } from "./service.ts";

/** What a change set would do. */
export function describeChangeSet(
  parts: CloudformationParts,
  input: DescribeChangeSetInput,
  context: RequestContext,
): DescribeChangeSetOutput {
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
    ExecutionStatus: record.executionStatus,
    Status: record.status,
    StatusReason: record.statusReason ?? (withValues ? record.valuesWarning : undefined),
    NotificationARNs: record.notificationArns,
    RollbackConfiguration: stack.rollbackConfiguration,
    Capabilities: record.revision.capabilities as DescribeChangeSetOutput["Capabilities"],
    Tags: record.revision.tags.length > 0 ? record.revision.tags : undefined,
    Changes: page,
    NextToken: next,
    IncludeNestedStacks: record.includeNestedStacks,
    OnStackFailure: record.onStackFailure,
  };
}
