import { hasUnknown } from "../../../../template/value-scope.ts";
import { KNOWN_AFTER_APPLY } from "../change-sets/shown-value.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { Capability, Change, Parameter, Tag } from "@aws-sdk/client-cloudformation";
import { AwsError } from "../../../aws-error.ts";
import type { ChangeSetRecord } from "../change-sets/change-set-record.ts";
import type { ChangedStack } from "../change-sets/changes.ts";
import { newNameSuffix, physicalName } from "../engine/physical-name.ts";
import type { Revision, StackRecord } from "../model.ts";
import type { Caller } from "../prepare/caller.ts";
import type { RevisionRequest } from "../prepare/prepare.ts";
import { isObject } from "../../../../template/is-object.ts";
import { LONGEST_STACK_NAME, nestedParameterText } from "../types/nested-stack.ts";
import { buildChangeSet, failChangeSet, newChangeSetId } from "./build-change-set.ts";
import { newStack } from "./new-stack.ts";
import { planUpdate } from "./plan-update.ts";
import type { CloudformationParts } from "./service.ts";

/** A change set of a nested stack, which is not kept yet. A stack that the change set adds is not kept either. */
export interface NestedDraft {
  readonly stack: StackRecord;
  readonly isNewStack: boolean;
  readonly record: ChangeSetRecord;
}

/** The change set that nested ones are made for. */
export interface OuterChangeSet {
  readonly stack: StackRecord;
  readonly id: string;
  readonly rootId: string;
  readonly name: string;
  readonly revision: Revision;
  readonly caller: Caller;
}

/** Creates a change set for each nested stack that a change set lists, and for the stacks nested in those. */
export async function draftNestedChangeSets(
  parts: CloudformationParts,
  outer: OuterChangeSet,
  stacks: readonly ChangedStack[],
): Promise<NestedDraft[]> {
  const drafts: NestedDraft[] = [];
  for (const changed of stacks) drafts.push(...(await draftOne(parts, outer, changed)));
  return drafts;
}

/** The changes with the nested change sets' ids beside the nested stacks that are direct children of `outerId`. */
export function withNestedIds(changes: readonly Change[], outerId: string, drafts: readonly NestedDraft[]): Change[] {
  const ids = new Map(
    drafts.filter(({ record }) => record.parentId === outerId).map(({ record }) => [record.logicalId, record.id]),
  );
  return changes.map((change) => {
    const ChangeSetId = ids.get(change.ResourceChange?.LogicalResourceId);
    return ChangeSetId === undefined
      ? change
      : { ...change, ResourceChange: { ...change.ResourceChange, ChangeSetId } };
  });
}

/** Fails a change set one of whose nested change sets has failed, in AWS's words. */
export function failWithNested(record: ChangeSetRecord, drafts: readonly NestedDraft[]): void {
  const failed = drafts.find((draft) => draft.record.parentId === record.id && draft.record.status === "FAILED");
  if (failed === undefined) return;
  failChangeSet(record, `Nested change set ${failed.record.id} was not successfully created: Currently in FAILED.`);
}

async function draftOne(
  parts: CloudformationParts,
  outer: OuterChangeSet,
  changed: ChangedStack,
): Promise<NestedDraft[]> {
  const { logicalId, physicalId } = changed;
  const isNewStack = physicalId === undefined;
  const stack = isNewStack
    ? newNestedStack(parts, outer.stack, logicalId)
    : parts.store.require(outer.stack.region, physicalId);
  const name = physicalName(outer.name, logicalId, newNameSuffix(), LONGEST_STACK_NAME);
  const id = newChangeSetId(parts, stack, name);
  const base = {
    id,
    name,
    type: isNewStack ? ("CREATE" as const) : ("UPDATE" as const),
    includeNestedStacks: true,
    parentId: outer.id,
    rootId: outer.rootId,
    logicalId,
  };
  const previous = parts.store.revision(stack, stack.revisionId);
  try {
    const request = requestOf(outer, changed, previous);
    const { revision, computed } = await planUpdate(parts, request, stack, previous, { caller: outer.caller });
    const inner = await draftNestedChangeSets(parts, { ...outer, stack, id, name, revision }, computed.nestedStacks);
    const record = buildChangeSet(parts, stack, {
      ...base,
      revision,
      changes: withNestedIds(computed.changes, id, inner),
      changesWithValues: withNestedIds(computed.changesWithValues, id, inner),
    });
    record.executionStatus = "UNAVAILABLE";
    record.statusReason = "Executable from root change set";
    failWithNested(record, inner);
    return [{ stack, isNewStack, record }, ...inner];
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const revision: Revision = { id, body: "", parameters: [], tags: [], capabilities: outer.revision.capabilities };
    const record = buildChangeSet(parts, stack, { ...base, revision, changes: [], changesWithValues: [] });
    failChangeSet(record, error.message);
    return [{ stack, isNewStack, record }];
  }
}

function newNestedStack(parts: CloudformationParts, outer: StackRecord, logicalId: string): StackRecord {
  const name = physicalName(outer.name, logicalId, newNameSuffix(), LONGEST_STACK_NAME);
  return newStack(parts, outer.region, name, {
    notificationArns: outer.notificationArns,
    parentId: outer.id,
    rootId: outer.rootId ?? outer.id,
  });
}

function requestOf(outer: OuterChangeSet, changed: ChangedStack, previous: Revision | undefined): RevisionRequest {
  const { Parameters, TemplateURL, Tags } = changed.properties;
  const ownTags = Array.isArray(Tags) ? (Tags as readonly Checked<Tag>[]) : [];
  const tags = new Map([...outer.revision.tags, ...ownTags].map((tag) => [tag.Key, tag]));
  return {
    TemplateURL: String(TemplateURL),
    Parameters: Object.entries(isObject(Parameters) ? Parameters : {}).map(([key, value]) =>
      parameterOf(key, value, previous),
    ),
    Capabilities: outer.revision.capabilities as Capability[],
    Tags: [...tags.values()],
  };
}

/** A value that is only known once the outer stack is updated counts as unchanged; a new stack gets a placeholder. */
function parameterOf(ParameterKey: string, value: unknown, previous: Revision | undefined): Parameter {
  if (!hasUnknown(value)) return { ParameterKey, ParameterValue: nestedParameterText(value) };
  const isKnown = previous?.parameters.some(({ key }) => key === ParameterKey) ?? false;
  return isKnown ? { ParameterKey, UsePreviousValue: true } : { ParameterKey, ParameterValue: KNOWN_AFTER_APPLY };
}
