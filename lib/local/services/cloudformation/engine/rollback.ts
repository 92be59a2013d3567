import { getKnown } from "../../../../util/get-known.ts";
import { randomUUID } from "node:crypto";
import type { LiveResource, ResourceRecord } from "../model.ts";
import type { RevisionPlan } from "../plan.ts";
import { resourceType } from "../types/registry.ts";
import { sameValue } from "../types/tolerate.ts";
import { shownOf, wantedOf } from "./desired.ts";
import { failureReason, HaltedError } from "./failure.ts";
import { changeResource } from "./resource-steps.ts";
import { runGraph } from "./scheduler.ts";
import type { StackRun } from "./stack-run.ts";

/**
 * Rolls back every resource that the operation touched: replaced ones become what they were, changed ones get their old
 * properties again. Returns those that could not be rolled back.
 */
export async function rollBackResources(run: StackRun, plan: RevisionPlan): Promise<string[]> {
  const failed: string[] = [];
  await runGraph(
    plan.graph,
    (logicalId) => rollBackOne(run, plan, logicalId, failed),
    () => failed.length > 0 || run.signal.aborted,
  );
  run.refuseWhenHalted();
  return failed;
}

async function rollBackOne(run: StackRun, plan: RevisionPlan, logicalId: string, failed: string[]): Promise<void> {
  const record = run.resources.get(logicalId);
  if (!record?.before) return;
  try {
    if (run.operation.skip.includes(logicalId)) skip(run, record);
    else await bringBack(run, plan, record);
  } catch (error) {
    if (error instanceof HaltedError) return;
    const token = record.step?.token ?? run.operation.id;
    record.step = undefined;
    run.setResource(record, "UPDATE_FAILED", failureReason(error, token));
    failed.push(logicalId);
  }
}

/** The user considers the resource rolled back, regardless of its state. */
function skip(run: StackRun, record: ResourceRecord): void {
  const { live } = record.before!;
  Object.assign(record, record.before, {
    live: live ?? record.live,
    before: undefined,
    step: undefined,
    dirty: undefined,
  });
  run.setResource(record, "UPDATE_COMPLETE", "Resource was skipped during rollback.");
}

async function bringBack(run: StackRun, plan: RevisionPlan, record: ResourceRecord): Promise<void> {
  const before = record.before!;
  const old = before.live!;
  run.setResource(record, "UPDATE_IN_PROGRESS", undefined, { physicalId: old.physicalId, properties: shownOf(old) });
  const made = record.live!;
  if (made.physicalId !== old.physicalId) {
    discard(run, record, made);
    record.live = old;
  } else if (needsUpdate(record, old)) {
    const declaration = getKnown(plan.active, record.logicalId);
    await changeResource(run, record, wantedOf(plan, declaration), true);
  }
  Object.assign(record, { ...before, live: record.live, before: undefined, step: undefined, dirty: undefined });
  run.setResource(record, "UPDATE_COMPLETE");
}

/** A type without updates has nothing to restore, and neither has a resource whose update was never started. */
function needsUpdate(record: ResourceRecord, old: LiveResource): boolean {
  const handler = resourceType(record.type)!;
  if (!handler.update) return false;
  if (handler.isAlwaysUpdated) return true;
  const isAsBefore =
    sameValue(record.live!.properties, old.properties) && sameValue(record.live!.stackTags, old.stackTags);
  return record.step !== undefined || record.dirty !== undefined || !isAsBefore;
}

function discard(run: StackRun, record: ResourceRecord, made: LiveResource): void {
  const { logicalId, type, dependsOn } = record;
  run.putCleanup({ id: randomUUID(), logicalId, type, live: made, policy: "Delete", dependsOn, forget: false });
}
