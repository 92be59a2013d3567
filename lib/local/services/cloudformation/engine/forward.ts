import { getKnown } from "../../../../util/get-known.ts";
import { UNKNOWN, hasUnknown } from "../../../../template/value-scope.ts";
import { evaluate } from "../../../../template/intrinsics.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-cloudformation";
import type { LiveResource, ResourceRecord, ResourceSnapshot } from "../model.ts";
import { policyOf, recordedValues, unknownMissing, planRevision, type RevisionPlan } from "../plan.ts";
import { resourceSchema } from "../schema/resource-schema.ts";
import type { ResourceDeclaration } from "../../../../template/template.ts";
import { resourceType } from "../types/registry.ts";
import type { Properties } from "../types/resource-type.ts";
import { changedNames, sameValue } from "../types/tolerate.ts";
import { checkProperties, desiredProperties, wantedOf, type Wanted } from "./desired.ts";
import { failureReason, HaltedError } from "./failure.ts";
import { changeResource, makeResource } from "./resource-steps.ts";
import { runGraph } from "./scheduler.ts";
import { CancelledError, type StackRun } from "./stack-run.ts";

/** What has to be done to a resource so that it is as the template says. */
export type ResourceChange = "none" | "create" | "metadata" | "update" | "replace";

/** Brings every resource of the plan to what the template says. Failures are noted in the operation. */
export async function bringForward(run: StackRun, plan: RevisionPlan): Promise<void> {
  if (run.operation.failures.length === 0) checkBeforehand(run, plan);
  await runGraph(
    plan.graph,
    (logicalId) => bringOne(run, plan, getKnown(plan.active, logicalId)),
    () => run.operation.failures.length > 0 || run.signal.aborted,
  );
  run.refuseWhenHalted();
}

/** Says what a change of properties means for a resource of a type. */
export function changeNeeded(
  type: string,
  current: LiveResource,
  desired: Properties,
  stackTags: readonly Checked<Tag>[],
): ResourceChange {
  const changed = changedNames(current.properties, desired);
  const handler = resourceType(type)!;
  if (changed.length === 0 && handler.isAlwaysUpdated) return "update";
  if (changed.length === 0) return takesTags(type) && !sameValue(current.stackTags, stackTags) ? "update" : "none";
  const schema = resourceSchema(type);
  const mustReplace = changed.some((name) => schema?.properties[name]?.replace === "yes");
  return mustReplace || !handler.update || handler.replaces?.(desired, current) ? "replace" : "update";
}

function takesTags(type: string): boolean {
  return resourceSchema(type)?.tags !== undefined && resourceType(type)!.update !== undefined;
}

/** Reports problems that are known before anything is created: properties that the schemas refuse. */
function checkBeforehand(run: StackRun, plan: RevisionPlan): void {
  const values = recordedValues(run.resources, () => UNKNOWN, unknownMissing);
  const early = planRevision(plan.revision, run.stack, run.parts.cloud.account, values);
  for (const declaration of plan.active.values()) {
    const record = recordFor(run, plan, declaration);
    if (record.live) continue;
    try {
      const properties = desiredProperties(early, declaration);
      if (!hasUnknown(properties)) checkProperties(declaration.type, properties);
    } catch (error) {
      fail(run, record, error, "");
    }
  }
}

async function bringOne(run: StackRun, plan: RevisionPlan, declaration: ResourceDeclaration): Promise<void> {
  const record = recordFor(run, plan, declaration);
  try {
    await apply(run, plan, declaration, record);
  } catch (error) {
    if (error instanceof HaltedError) return;
    fail(run, record, error, record.step?.token ?? run.operation.id);
  }
}

/** The resource's record, made when the template is the first to name it. */
function recordFor(run: StackRun, plan: RevisionPlan, declaration: ResourceDeclaration): ResourceRecord {
  const known = run.resources.get(declaration.logicalId);
  if (known && (known.live || known.before !== undefined)) return known;
  return {
    logicalId: declaration.logicalId,
    type: declaration.type,
    status: "CREATE_IN_PROGRESS",
    timestamp: run.parts.cloud.clock.now(),
    dependsOn: [...(plan.graph.get(declaration.logicalId) ?? [])],
    deletionPolicy: policyOf(plan, declaration.deletionPolicy),
    updateReplacePolicy: policyOf(plan, declaration.updateReplacePolicy),
    before: null,
  };
}

async function apply(
  run: StackRun,
  plan: RevisionPlan,
  declaration: ResourceDeclaration,
  record: ResourceRecord,
): Promise<void> {
  if (record.settledBy === run.operation.id) return;
  const wanted = wantedOf(plan, declaration);
  checkProperties(declaration.type, wanted.desired);
  const metadata =
    declaration.metadata === undefined ? undefined : JSON.stringify(evaluate(declaration.metadata, plan.scope));
  const change = changeOf(record, wanted.desired, plan);
  if (change === "none" && record.metadata === metadata) return describe(run, plan, declaration, record, metadata);
  if (record.before === undefined) record.before = snapshot(record);
  if (wanted.shown !== undefined) record.isSecret = true;
  await carryOut(run, record, change, wanted);
  refuseWhenCancelled(run);
  describe(run, plan, declaration, record, metadata);
  Object.assign(record, { step: undefined, dirty: undefined, settledBy: run.operation.id });
  run.setResource(record, change === "create" ? "CREATE_COMPLETE" : "UPDATE_COMPLETE", noteOf(record, wanted));
}

/** A resource without effect says so in its event. */
function noteOf({ type }: ResourceRecord, { desired }: Wanted): string | undefined {
  const known = resourceType(type);
  return known?.kept ? "Kept, no effect in the local cloud." : known?.noteOf?.(desired);
}

/** The change to make; a step that was started before a restart is continued, of any kind. */
function changeOf(record: ResourceRecord, desired: Properties, plan: RevisionPlan): ResourceChange {
  if (record.step?.verb === "update") return "update";
  if (record.step?.verb === "create") return record.before === null ? "create" : "replace";
  if (!record.live) return "create";
  const change = changeNeeded(record.type, record.live, desired, plan.revision.tags);
  return change === "none" && record.dirty ? "update" : change;
}

async function carryOut(run: StackRun, record: ResourceRecord, change: ResourceChange, wanted: Wanted): Promise<void> {
  const isResumed = record.step !== undefined;
  const status = change === "create" ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS";
  if (!isResumed)
    run.setResource(record, status, change === "replace" ? REPLACING : undefined, {
      properties: wanted.shown ?? wanted.desired,
    });
  if (change === "create" || change === "replace") await makeResource(run, record, wanted, status);
  else if (change === "update") await changeResource(run, record, wanted);
}

const REPLACING = "Requested update requires the creation of a new physical resource; hence creating one.";

function snapshot(record: ResourceRecord): ResourceSnapshot {
  const { live, metadata, deletionPolicy, updateReplacePolicy, dependsOn } = record;
  return { live, metadata, deletionPolicy, updateReplacePolicy, dependsOn };
}

/** What the template says about a resource beside its properties. */
function describe(
  run: StackRun,
  plan: RevisionPlan,
  declaration: ResourceDeclaration,
  record: ResourceRecord,
  metadata: string | undefined,
): void {
  const deletionPolicy = policyOf(plan, declaration.deletionPolicy);
  const updateReplacePolicy = policyOf(plan, declaration.updateReplacePolicy);
  const dependsOn = [...(plan.graph.get(record.logicalId) ?? [])];
  const isSame =
    record.metadata === metadata &&
    record.deletionPolicy === deletionPolicy &&
    record.updateReplacePolicy === updateReplacePolicy &&
    sameValue(record.dependsOn, dependsOn);
  if (isSame) return;
  Object.assign(record, { metadata, deletionPolicy, updateReplacePolicy, dependsOn });
  run.keepResource(record);
}

function refuseWhenCancelled(run: StackRun): void {
  run.refuseWhenHalted();
  if (run.signal.aborted) throw new CancelledError("cancelled");
}

function fail(run: StackRun, record: ResourceRecord, error: unknown, token: string): void {
  if (record.before === undefined) record.before = record.live ? snapshot(record) : null;
  const isNew = record.before === null;
  const isCancelled = error instanceof CancelledError;
  const cancelled = isNew ? "Resource creation cancelled" : "Resource update cancelled";
  const reason = isCancelled ? cancelled : failureReason(error, token);
  if (record.step?.verb === "update") record.dirty = record.step.attempted;
  record.step = undefined;
  run.setResource(record, isNew ? "CREATE_FAILED" : "UPDATE_FAILED", reason);
  run.operation.failures.push({ logicalId: record.logicalId, verb: isNew ? "create" : "update" });
  run.save();
  run.cancel();
}
