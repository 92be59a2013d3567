import type { Capability } from "@aws-sdk/client-cloudformation";
import type { StackRecord } from "../model.ts";
import { beginOperation } from "../operations/begin.ts";
import { newStack } from "../operations/new-stack.ts";
import type { CloudformationParts } from "../operations/service.ts";
import { planUpdate } from "../operations/plan-update.ts";
import { prepareRevision } from "../prepare/prepare.ts";
import type { NestedRequest, NestedResult, NestedStacks } from "../types/resource-type.ts";
import { isUnderWay } from "./engine.ts";

/** Operations on the stacks nested in `parent`, for its resource type. */
export function nestedStacks(parts: CloudformationParts, parent: StackRecord): NestedStacks {
  return {
    create: (request, resumed) => create(parts, parent, request, resumed),
    update: (id, request, resumed) => update(parts, parent, id, request, resumed),
    delete: (id) => remove(parts, parent, id),
    finish: (id) => finish(parts, parent, id),
    revert: (id) => revert(parts, parent, id),
  };
}

async function create(
  parts: CloudformationParts,
  parent: StackRecord,
  request: NestedRequest,
  resumed: boolean,
): Promise<NestedResult> {
  const reviewed = reviewedStack(parts, parent, request);
  const known = resumed ? (parts.store.find(parent.region, request.name) ?? reviewed) : undefined;
  if (known && known.status !== "REVIEW_IN_PROGRESS") return settle(parts, known, "CREATE_COMPLETE");
  const stack = reviewed ?? newNestedStack(parts, parent, request);
  const { revision } = await prepareRevision(
    revisionRequest(parts, parent, request),
    { stack, previous: undefined, resources: new Map(), caller: {} },
    parts.cloud,
  );
  beginOperation(parts, stack, "CREATE", revision, { isNested: true, token: parent.operation?.token });
  return settle(parts, stack, "CREATE_COMPLETE");
}

/** The stack that the change set under way has put in review for this request. */
function reviewedStack(
  parts: CloudformationParts,
  parent: StackRecord,
  request: NestedRequest,
): StackRecord | undefined {
  const record = nestedChangeSet(parts, parent, request);
  const stack = record && parts.store.findByUuid(record.region, record.stackUuid);
  if (stack === undefined || record?.type !== "CREATE") return undefined;
  stack.changeSetId = record.id;
  stack.timeoutInMinutes = request.timeoutInMinutes;
  return stack;
}

function nestedChangeSet(parts: CloudformationParts, parent: StackRecord, request: NestedRequest) {
  const { changeSetId, region } = parent;
  return changeSetId === undefined ? undefined : parts.changeSets.findNested(region, changeSetId, request.logicalId);
}

function newNestedStack(parts: CloudformationParts, parent: StackRecord, request: NestedRequest): StackRecord {
  return newStack(parts, parent.region, request.name, {
    notificationArns: [...request.notificationArns],
    timeoutInMinutes: request.timeoutInMinutes,
    parentId: parent.id,
    rootId: parent.rootId ?? parent.id,
  });
}

/** The nested stack's request: its capabilities are the outer stack's. */
function revisionRequest(parts: CloudformationParts, parent: StackRecord, request: NestedRequest) {
  const outer = parts.store.revision(parent, parent.operation?.targetRevisionId ?? parent.revisionId);
  return {
    TemplateURL: request.templateUrl,
    Parameters: Object.entries(request.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Capabilities: outer?.capabilities as Capability[] | undefined,
    Tags: [...request.tags],
  };
}

async function update(
  parts: CloudformationParts,
  parent: StackRecord,
  id: string,
  request: NestedRequest,
  resumed: boolean,
): Promise<NestedResult> {
  const stack = parts.store.require(parent.region, id);
  if (resumed && stack.operation) return settle(parts, stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  const previous = parts.store.revision(stack, stack.revisionId);
  const { revision, isEmpty } = await planUpdate(parts, revisionRequest(parts, parent, request), stack, previous, {
    caller: {},
  });
  if (isEmpty) return resultOf(stack);
  stack.changeSetId = nestedChangeSet(parts, parent, request)?.id ?? stack.changeSetId;
  beginOperation(parts, stack, "UPDATE", revision, { isNested: true, token: parent.operation?.token });
  return settle(parts, stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
}

async function remove(parts: CloudformationParts, parent: StackRecord, id: string): Promise<NestedResult> {
  const stack = parts.store.find(parent.region, id);
  if (!stack || stack.status === "DELETE_COMPLETE") return { id, outputs: {} };
  if (stack.operation?.kind !== "DELETE")
    beginOperation(parts, stack, "DELETE", undefined, { token: parent.operation?.token });
  return settle(parts, stack, "DELETE_COMPLETE");
}

async function finish(parts: CloudformationParts, parent: StackRecord, id: string): Promise<void> {
  const stack = parts.store.find(parent.region, id);
  if (!stack?.operation) return;
  if (stack.operation.phase === "held") {
    stack.operation.phase = "commit";
    parts.store.put(stack);
  }
  await settle(parts, stack, "UPDATE_COMPLETE");
}

async function revert(parts: CloudformationParts, parent: StackRecord, id: string): Promise<NestedResult> {
  const stack = parts.store.require(parent.region, id);
  const isStuck = stack.status === "UPDATE_ROLLBACK_FAILED";
  if (stack.operation && (stack.operation.phase === "held" || isStuck)) {
    stack.operation.phase = "rollback";
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS";
    stack.statusReason = undefined;
    parts.store.put(stack);
    parts.events.addStack(stack);
  }
  if (!stack.operation) return resultOf(stack);
  return settle(parts, stack, "UPDATE_ROLLBACK_COMPLETE");
}

/** Waits until the nested stack is at rest; any status except the requested one is a failure. */
async function settle(parts: CloudformationParts, stack: StackRecord, wanted: string): Promise<NestedResult> {
  await parts.engine.settled(stack);
  if (isUnderWay(stack)) {
    parts.engine.begin(stack);
    await parts.engine.settled(stack);
  }
  const result = resultOf(stack);
  return stack.status === wanted
    ? result
    : { ...result, failure: stack.firstFailure ?? stack.statusReason ?? `The stack is ${stack.status}.` };
}

function resultOf(stack: StackRecord): NestedResult {
  return {
    id: stack.id,
    outputs: Object.fromEntries(stack.outputs.map((output) => [output.OutputKey, output.OutputValue])),
  };
}
