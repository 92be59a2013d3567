import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { Parameter, Stack } from "@aws-sdk/client-cloudformation";
import type { RequestContext } from "../../../service.ts";
import type { Revision, StackRecord } from "../model.ts";
import { maskParameter, type StackParameter } from "../../../../template/parameters.ts";
import { pageOf } from "./paging.ts";
import type { CloudformationParts } from "./service.ts";

/** One stack, or all that are not deleted. */
export function describeStacks(
  parts: CloudformationParts,
  input: Input<"cloudformation", "DescribeStacks">,
  context: RequestContext,
): Output<"cloudformation", "DescribeStacks"> {
  if (input.StackName !== undefined && input.StackName !== "") {
    return { Stacks: [describeStack(parts, parts.store.require(context.region, input.StackName))] };
  }
  const live = parts.store.list(context.region).filter((stack) => stack.status !== "DELETE_COMPLETE");
  const { page, next } = pageOf(live.sort(newestFirst), input.NextToken, 100);
  return { Stacks: page.map((stack) => describeStack(parts, stack)), NextToken: next };
}

/** The stacks in short, deleted ones too. */
export function listStacks(
  parts: CloudformationParts,
  input: Input<"cloudformation", "ListStacks">,
  context: RequestContext,
): Output<"cloudformation", "ListStacks"> {
  const wanted = input.StackStatusFilter ?? [];
  const stacks = parts.store
    .list(context.region)
    .filter((stack) => wanted.length === 0 || wanted.includes(stack.status))
    .sort(newestFirst);
  const { page, next } = pageOf(stacks, input.NextToken, 100);
  return {
    StackSummaries: page.map((stack) => ({
      StackId: stack.id,
      StackName: stack.name,
      TemplateDescription: shownRevision(parts, stack)?.description,
      CreationTime: new Date(stack.creationTime),
      LastUpdatedTime: dateOf(stack.lastUpdatedTime),
      DeletionTime: dateOf(stack.deletionTime),
      StackStatus: stack.status,
      StackStatusReason: stack.statusReason,
      ParentId: stack.parentId,
      RootId: stack.rootId,
      DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
    })),
    NextToken: next,
  };
}

function newestFirst(a: StackRecord, b: StackRecord): number {
  return b.creationTime - a.creationTime;
}

function dateOf(epochMs: number | undefined): Date | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs);
}

/** What a stack shows of itself: where it is going while an operation is under way. */
export function shownRevision(parts: CloudformationParts, stack: StackRecord): Revision | undefined {
  return parts.store.revision(stack, stack.shownRevisionId) ?? parts.store.revision(stack, stack.revisionId);
}

function describeStack(parts: CloudformationParts, stack: StackRecord): Checked<Stack> {
  const revision = shownRevision(parts, stack);
  const isDeleted = stack.status === "DELETE_COMPLETE";
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(stack.changeSetId !== undefined && !isDeleted && { ChangeSetId: stack.changeSetId }),
    Description: revision?.description,
    Parameters: describeParameters(revision?.parameters ?? []),
    CreationTime: new Date(stack.creationTime),
    DeletionTime: dateOf(stack.deletionTime),
    LastUpdatedTime: dateOf(stack.lastUpdatedTime),
    RollbackConfiguration: stack.rollbackConfiguration,
    StackStatus: stack.status,
    StackStatusReason: isAtRest(stack) ? stack.statusReason : (stack.statusReason ?? undefined),
    DisableRollback: stack.disableRollback,
    NotificationARNs: stack.notificationArns,
    TimeoutInMinutes: stack.timeoutInMinutes,
    Capabilities: describeCapabilities(revision),
    Outputs: stack.outputs.length > 0 && !isDeleted ? stack.outputs : undefined,
    RoleARN: stack.roleArn,
    Tags: revision?.tags ?? [],
    ...(!isDeleted && { EnableTerminationProtection: stack.terminationProtection }),
    ParentId: stack.parentId,
    RootId: stack.rootId,
    DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
  };
}

function isAtRest(stack: StackRecord): boolean {
  return !stack.status.endsWith("_IN_PROGRESS");
}

function describeCapabilities(revision: Revision | undefined): Checked<Stack>["Capabilities"] {
  const capabilities = revision?.capabilities ?? [];
  return capabilities.length > 0 ? (capabilities as Checked<Stack>["Capabilities"]) : undefined;
}

/** Parameters as they are shown: secrets as stars, SSM values beside their names. */
export function describeParameters(parameters: readonly StackParameter[]): Parameter[] | undefined {
  if (parameters.length === 0) return undefined;
  return parameters.map(maskParameter).map(({ key, value, resolved }) => ({
    ParameterKey: key,
    ParameterValue: value,
    ...(resolved !== undefined && { ResolvedValue: resolved }),
  }));
}
