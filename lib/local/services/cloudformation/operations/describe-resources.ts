import type { Output, Input } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { ResourceRecord, StackRecord } from "../model.ts";
import { STACK_MISSING } from "../stack-store.ts";
import { resourceType } from "../types/registry.ts";
import { pageOf, readToken, writeToken } from "./paging.ts";
import type { CloudformationParts } from "./service.ts";

const NOT_CHECKED = { StackResourceDriftStatus: "NOT_CHECKED" } as const;
const KEPT = "Kept, no effect: the local cloud answers for this resource without doing what it does on AWS.";

/** The events of a stack, newest first. */
export function describeStackEvents(
  parts: CloudformationParts,
  input: Input<"cloudformation", "DescribeStackEvents">,
  context: RequestContext,
): Output<"cloudformation", "DescribeStackEvents"> {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  const { events, next } = parts.events.page(stack, readToken(input.NextToken), 100);
  return { StackEvents: events, NextToken: next === undefined ? undefined : writeToken(next) };
}

/** One resource, with its metadata. */
export function describeStackResource(
  parts: CloudformationParts,
  input: Input<"cloudformation", "DescribeStackResource">,
  context: RequestContext,
): Output<"cloudformation", "DescribeStackResource"> {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.quoted);
  const record = parts.store.resource(stack, input.LogicalResourceId ?? "");
  if (!record || (!record.live && record.status !== "CREATE_IN_PROGRESS")) {
    throw new AwsError(
      "ValidationError",
      `Resource ${input.LogicalResourceId} does not exist for stack ${input.StackName}`,
    );
  }
  return {
    StackResourceDetail: {
      ...common(stack, record),
      LastUpdatedTimestamp: new Date(record.timestamp),
      Metadata: record.metadata ?? "{}",
    },
  };
}

/** The resources of a stack, or of the stack that a physical resource belongs to. */
export function describeStackResources(
  parts: CloudformationParts,
  input: Input<"cloudformation", "DescribeStackResources">,
  context: RequestContext,
): Output<"cloudformation", "DescribeStackResources"> {
  const stack =
    input.StackName === undefined
      ? stackOf(parts, input.PhysicalResourceId, context)
      : parts.store.require(context.region, input.StackName);
  const records = [...parts.store.resources(stack).values()].filter(
    (record) =>
      (input.LogicalResourceId === undefined || record.logicalId === input.LogicalResourceId) &&
      (input.StackName !== undefined || input.PhysicalResourceId === undefined || stack !== undefined),
  );
  return {
    StackResources: records.map((record) =>
      Object.assign(common(stack, record), { Timestamp: new Date(record.timestamp) }),
    ),
  };
}

function stackOf(parts: CloudformationParts, physicalId: string | undefined, context: RequestContext): StackRecord {
  const found = parts.store
    .list(context.region)
    .filter((stack) => stack.status !== "DELETE_COMPLETE")
    .find((stack) =>
      [...parts.store.resources(stack).values()].some((record) => record.live?.physicalId === physicalId),
    );
  if (found && physicalId !== undefined) return found;
  throw new AwsError("ValidationError", `Stack for ${physicalId ?? "null"} does not exist`);
}

function common(stack: StackRecord, record: ResourceRecord) {
  return {
    StackName: stack.name,
    StackId: stack.id,
    LogicalResourceId: record.logicalId,
    PhysicalResourceId: record.live?.physicalId,
    ResourceType: record.type,
    ResourceStatus: record.status,
    ResourceStatusReason: record.statusReason ?? (resourceType(record.type)?.kept ? KEPT : undefined),
    DriftInformation: NOT_CHECKED,
  };
}

/** The resources of a stack in short. */
export function listStackResources(
  parts: CloudformationParts,
  input: Input<"cloudformation", "ListStackResources">,
  context: RequestContext,
): Output<"cloudformation", "ListStackResources"> {
  const stack = parts.store.require(context.region, input.StackName);
  const { page, next } = pageOf([...parts.store.resources(stack).values()], input.NextToken, 100);
  return {
    StackResourceSummaries: page.map((record) => {
      const { StackName: _name, StackId: _id, ...rest } = common(stack, record);
      return Object.assign(rest, { LastUpdatedTimestamp: new Date(record.timestamp) });
    }),
    NextToken: next,
  };
}
