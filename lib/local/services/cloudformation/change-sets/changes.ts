import { getKnown } from "../../../../util/get-known.ts";
import { UNKNOWN } from "../../../../template/value-scope.ts";
import { shownValue } from "./shown-value.ts";
import type { Change, ResourceChange } from "@aws-sdk/client-cloudformation";
import { shownOf } from "../engine/desired.ts";
import type { ResourceRecord } from "../model.ts";
import { planRevision, policyOf, recordedValues, tryAttributeOf, type RevisionPlan } from "../plan.ts";
import type { ResourceDeclaration } from "../../../../template/template.ts";
import type { Properties } from "../types/resource-type.ts";
import { findChanges, NESTED_STACK, type FoundChange, type ResourceFate, type ChangeInput } from "./found-change.ts";
import { describeDetails } from "./details.ts";

/** The changes of a change set, as `DescribeChangeSet` returns them without and with property values. */
export interface ComputedChanges {
  readonly changes: Change[];
  readonly changesWithValues: Change[];
  /** The nested stacks among the changes, but for those that go. */
  readonly nestedStacks: readonly ChangedStack[];
  /** Missing exports: values that depend on them are unknown. */
  readonly missingExports: ReadonlyMap<string, string>;
}

/** A nested stack that is to be made or updated, with its properties as far as they are known. */
export interface ChangedStack {
  readonly logicalId: string;
  /** Undefined for one that is to be made. */
  readonly physicalId?: string;
  readonly properties: Properties;
}

/** Compares what is there with what a revision wants, resource by resource along the dependencies. */
export function computeChanges(input: ChangeInput): ComputedChanges {
  const fates = new Map<string, ResourceFate>();
  const missingExports = new Map<string, string>();
  const plan = planAgainstFates(input, fates, missingExports);
  const found: FoundChange[] = [];
  for (const logicalId of inOrder(plan)) {
    const declaration = getKnown(plan.active, logicalId);
    const record = input.resources.get(logicalId);
    const change = findChanges({ ...input, plan, declaration, record, fates });
    const touchesValues = change.details.some(({ attribute }) => attribute === "Properties" || attribute === "Tags");
    fates.set(logicalId, change.fate === "modified" && !touchesValues ? "same" : change.fate);
    if (change.fate !== "same") found.push(change);
  }
  const shown = [...found, ...removals(input, plan)].sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
  return {
    changes: shown.map((change) => describe(change, plan, false)).filter((change) => change !== undefined),
    changesWithValues: shown.map((change) => describe(change, plan, true)).filter((change) => change !== undefined),
    nestedStacks: found.filter(({ type }) => type === NESTED_STACK).map(changedStack),
    missingExports,
  };
}

function changedStack({ logicalId, record, desired = {} }: FoundChange): ChangedStack {
  return { logicalId, physicalId: record?.live?.physicalId, properties: desired };
}

/** Values of resources that stay are known; those of new and replaced ones are not. */
function planAgainstFates(
  input: ChangeInput,
  fates: ReadonlyMap<string, ResourceFate>,
  missingExports: Map<string, string>,
): RevisionPlan {
  const importValue = (name: string) => {
    const value = input.findExport(name);
    if (value === undefined) missingExports.set(name, name);
    return value ?? UNKNOWN;
  };
  const known = recordedValues(input.resources, importValue, () => UNKNOWN);
  const isOpen = (logicalId: string) => fates.get(logicalId) === "replaced" || fates.get(logicalId) === "added";
  return planRevision(input.next, input.stack, input.account, {
    importValue,
    ref: (logicalId) => (isOpen(logicalId) ? UNKNOWN : known.ref(logicalId)),
    getAtt: (logicalId, attribute) => {
      const record = isOpen(logicalId) ? undefined : input.resources.get(logicalId);
      return (record?.live && tryAttributeOf(record, attribute)) ?? UNKNOWN;
    },
  });
}

/** The resources, each behind what it depends on. */
function inOrder(plan: RevisionPlan): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (logicalId: string) => {
    if (seen.has(logicalId)) return;
    seen.add(logicalId);
    for (const target of plan.graph.get(logicalId) ?? []) visit(target);
    order.push(logicalId);
  };
  for (const logicalId of plan.active.keys()) visit(logicalId);
  return order;
}

function removals(input: ChangeInput, plan: RevisionPlan): FoundChange[] {
  return [...input.resources.values()]
    .filter(
      (record) => record.live && !plan.active.has(record.logicalId) && !record.status.startsWith("DELETE_COMPLETE"),
    )
    .map((record) => ({
      logicalId: record.logicalId,
      type: record.type,
      fate: "removed" as const,
      record,
      details: [],
      before: { Properties: shownOf(record.live) ?? {}, ...metadataOf(record) },
    }));
}

function metadataOf(record: ResourceRecord): { Metadata?: unknown } {
  return record.metadata === undefined ? {} : { Metadata: JSON.parse(record.metadata) as unknown };
}

const ACTIONS = { added: "Add", removed: "Remove", modified: "Modify", replaced: "Modify", same: "Modify" } as const;

function describe(change: FoundChange, plan: RevisionPlan, withValues: boolean): Change | undefined {
  const { Details, Replacement, Scope } = describeDetails(change.details, withValues);
  if (change.fate === "modified" && Details.length === 0) return undefined;
  const isModify = change.fate === "modified" || change.fate === "replaced";
  const resourceChange: ResourceChange = {
    PolicyAction: policyAction(change, plan, Replacement === "True"),
    Action: ACTIONS[change.fate],
    LogicalResourceId: change.logicalId,
    ...(change.record?.live && { PhysicalResourceId: change.record.live.physicalId }),
    ResourceType: change.type,
    ...(isModify && { Replacement }),
    Scope,
    Details,
    ...(withValues && change.before !== undefined && { BeforeContext: contextText(change.before) }),
    ...(withValues && change.after !== undefined && { AfterContext: contextText(change.after) }),
  };
  return { Type: "Resource", ResourceChange: resourceChange };
}

/** What becomes of the physical resource that goes. */
function policyAction(change: FoundChange, plan: RevisionPlan, isReplaced: boolean): ResourceChange["PolicyAction"] {
  if (change.fate === "removed") {
    const policy = change.record!.deletionPolicy;
    return policy === "Retain" || policy === "RetainExceptOnCreate"
      ? "Retain"
      : policy === "Snapshot"
        ? "Snapshot"
        : "Delete";
  }
  if (!isReplaced) return undefined;
  const declaration: ResourceDeclaration = getKnown(plan.active, change.logicalId);
  const policy = policyOf(plan, declaration.updateReplacePolicy);
  return policy === "Retain" ? "ReplaceAndRetain" : policy === "Snapshot" ? "ReplaceAndSnapshot" : "ReplaceAndDelete";
}

function contextText(value: unknown): string {
  return JSON.stringify(shownValue(value));
}
