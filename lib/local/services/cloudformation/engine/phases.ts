import { randomUUID } from "node:crypto";
import type { StackStatus } from "@aws-sdk/client-cloudformation";
import type { CleanupRecord, LiveResource, OperationPhase, ResourceRecord, StackRecord } from "../model.ts";
import type { RevisionPlan } from "../plan.ts";
import { shownOf } from "./desired.ts";
import { failureReason } from "./failure.ts";
import { bringForward } from "./forward.ts";
import { settleOutputs } from "./outputs.ts";
import { removeAll, type Removal } from "./removal.ts";
import { finishResource } from "./resource-steps.ts";
import { rollBackResources } from "./rollback.ts";
import type { StackRun } from "./stack-run.ts";

/** Each phase does its part, records the operation's next phase, and returns. Without an operation it is over. */
export const PHASES: Readonly<Record<OperationPhase, (run: StackRun) => Promise<void>>> = {
  forward: goForward,
  held: async () => undefined,
  commit: commitHeld,
  cleanup: cleanUpAfterUpdate,
  rollback: rollBack,
  "rollback-cleanup": cleanUpAfterRollback,
  delete: deleteStack,
};

async function goForward(run: StackRun): Promise<void> {
  const { stack, operation } = run;
  const timer = startTimer(run);
  let reason: string | undefined;
  try {
    const plan = run.plan(operation.targetRevisionId);
    await bringForward(run, plan);
    if (operation.failures.length === 0 && !operation.cancelRequested) {
      const outputs = await settleOutputs(run, plan);
      if (operation.isNested && operation.kind === "UPDATE") return hold(run, outputs);
      stack.outputs = outputs;
      stack.imports = [...run.imported];
      return commit(run, plan);
    }
  } catch (error) {
    run.refuseWhenHalted();
    reason = failureReason(error, operation.id);
  } finally {
    timer.stop();
  }
  failForward(run, timer.isUp() ? "Stack creation time exceeded the specified timeout. " : reason);
}

/** A creation may be given a time, counted in the cloud's. */
function startTimer({ stack, operation, parts, cancel }: StackRun): { stop(): void; isUp(): boolean } {
  let isUp = false;
  if (operation.kind !== "CREATE" || stack.timeoutInMinutes === undefined)
    return { stop: () => undefined, isUp: () => false };
  const dueMs = stack.creationTime + stack.timeoutInMinutes * 60_000;
  const stop = parts.cloud.clock.at(dueMs, () => {
    isUp = true;
    cancel();
  });
  return { stop, isUp: () => isUp };
}

/** A nested stack that was updated waits: the outer one may still roll back. */
function hold(run: StackRun, outputs: StackRecord["outputs"]): void {
  const { stack, operation } = run;
  operation.oldOutputs = stack.outputs;
  stack.outputs = outputs;
  stack.imports = [...run.imported];
  operation.phase = "held";
  run.setStatus("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
}

/** The outer stack is through: the nested one removes what it does not need any more. */
async function commitHeld(run: StackRun): Promise<void> {
  commit(run, run.plan(run.operation.targetRevisionId), false);
}

/** The point of no return: from here on the stack is what the template says, and what it was goes. */
function commit(run: StackRun, plan: RevisionPlan, isTold = true): void {
  const { stack, operation } = run;
  run.parts.cloud.store.transaction(() => {
    for (const record of run.resources.values()) commitResource(run, plan, record);
    const old = stack.revisionId;
    stack.revisionId = operation.targetRevisionId;
    stack.shownRevisionId = undefined;
    stack.stopped = undefined;
    if (old !== undefined && old !== stack.revisionId) run.parts.store.deleteRevision(stack, old);
    if (operation.kind === "UPDATE") {
      operation.phase = "cleanup";
      if (isTold) run.setStatus("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
      else run.save();
    } else finish(run, "CREATE_COMPLETE");
  });
}

function commitResource(run: StackRun, plan: RevisionPlan, record: ResourceRecord): void {
  const { live } = record;
  if (!plan.active.has(record.logicalId)) {
    if (live) run.putCleanup(cleanupOf(record, live, removalPolicy(record, false), true));
    else run.forgetResource(record.logicalId);
    return;
  }
  const old = record.before?.live;
  if (old && live && old.physicalId !== live.physicalId)
    run.putCleanup(cleanupOf(record, old, record.updateReplacePolicy, false));
  if (record.before === undefined && record.settledBy === undefined) return;
  Object.assign(record, { before: undefined, step: undefined, dirty: undefined, settledBy: undefined });
  run.keepResource(record);
}

function cleanupOf(record: ResourceRecord, live: LiveResource, policy: string, forget: boolean): CleanupRecord {
  const { logicalId, type, dependsOn } = record;
  return { id: randomUUID(), logicalId, type, live, policy, dependsOn, forget };
}

/** The operation is over. */
function finish(run: StackRun, status: StackStatus, reason?: string): void {
  run.refuseWhenHalted();
  const { operation } = run;
  run.stack.status = status;
  run.stack.statusReason = reason;
  run.parts.events.addStack(run.stack);
  run.stack.operation = undefined;
  if (operation.kind === "DELETE" && status === "DELETE_COMPLETE") run.stack.deletionTime = run.parts.cloud.clock.now();
  run.save();
}

function failForward(run: StackRun, ownReason: string | undefined): void {
  const { stack, operation } = run;
  const isUpdate = operation.kind === "UPDATE";
  const failed = operation.cancelRequested && operation.failures.length === 0 ? "" : failureList(operation.failures);
  const reason = ownReason ?? (operation.cancelRequested ? `${failed}User Initiated`.trim() : failed);
  const hasNothingBehind = isUpdate && stack.revisionId === undefined;
  stack.firstFailure = reason;
  if (hasNothingBehind || operation.disableRollback || operation.onFailure === "DO_NOTHING")
    return stopWhereItIs(run, reason);
  run.parts.cloud.store.transaction(() => {
    if (isUpdate) {
      operation.phase = "rollback";
      run.setStatus("UPDATE_ROLLBACK_IN_PROGRESS", reason);
    } else if (operation.onFailure === "DELETE") {
      operation.phase = "delete";
      run.setStatus("DELETE_IN_PROGRESS", `${reason}Delete requested by user.`);
    } else {
      operation.phase = "delete";
      run.setStatus(
        "ROLLBACK_IN_PROGRESS",
        `${reason.trimEnd()}${reason.trimEnd().endsWith(".") || reason === "" ? " " : ". "}Rollback requested by user.`,
      );
    }
    stack.outputs = isUpdate ? stack.outputs : [];
  });
}

/** "The following resource(s) failed to create: [A, B]. " and so on, as AWS words it. */
function failureList(failures: readonly { readonly logicalId: string; readonly verb: string }[]): string {
  return ["create", "update", "delete"]
    .map(
      (verb) =>
        [verb, failures.filter((failure) => failure.verb === verb).map((failure) => failure.logicalId)] as const,
    )
    .filter(([, ids]) => ids.length > 0)
    .map(([verb, ids]) => `The following resource(s) failed to ${verb}: [${ids.join(", ")}]. `)
    .join("");
}

/** Rollback is disabled: the stack stays as it is, the next update or rollback continues from there. */
function stopWhereItIs(run: StackRun, reason: string): void {
  const { operation, stack } = run;
  stack.stopped = operation;
  stack.shownRevisionId = operation.targetRevisionId;
  finish(run, operation.kind === "UPDATE" ? "UPDATE_FAILED" : "CREATE_FAILED", reason);
}

async function cleanUpAfterUpdate(run: StackRun): Promise<void> {
  run.renewSignal();
  for (const record of run.resources.values()) await finishResource(run, record);
  const failed = await runCleanup(run);
  const reason = failed.length > 0 ? "Update successful. One or more resources could not be deleted." : undefined;
  finish(run, "UPDATE_COMPLETE", reason);
}

async function runCleanup(run: StackRun): Promise<string[]> {
  const { store } = run.parts;
  const records = store.cleanup(run.stack);
  const failed = await removeAll(
    run,
    records.map((record) => cleanupRemoval(run, record)),
  );
  for (const record of records) store.deleteCleanup(run.stack, record.id);
  return failed;
}

function cleanupRemoval(run: StackRun, record: CleanupRecord): Removal {
  return {
    ...record,
    keep() {
      run.putCleanup({ ...record, step: this.step });
    },
    told(status, reason) {
      const own = run.resources.get(record.logicalId);
      if (record.forget && own && status !== "DELETE_COMPLETE" && status !== "DELETE_SKIPPED")
        run.setResource(own, status, reason);
      else {
        run.refuseWhenHalted();
        run.parts.events.add(run.stack, {
          ...record,
          physicalId: record.live.physicalId,
          status,
          reason,
          properties: shownOf(record.live),
        });
      }
      if (record.forget && (status === "DELETE_COMPLETE" || status === "DELETE_SKIPPED"))
        run.forgetResource(record.logicalId);
    },
  };
}

async function rollBack(run: StackRun): Promise<void> {
  const { stack, operation } = run;
  run.renewSignal();
  const plan = run.plan(stack.revisionId);
  const failed = await rollBackResources(run, plan);
  if (failed.length > 0) {
    const reason = `The following resource(s) failed to update: [${failed.join(", ")}]. `;
    stack.shownRevisionId = undefined;
    return run.setStatus("UPDATE_ROLLBACK_FAILED", reason);
  }
  run.parts.cloud.store.transaction(() => {
    for (const record of run.resources.values()) {
      if (plan.active.has(record.logicalId)) continue;
      if (record.live && record.before === null)
        run.putCleanup(cleanupOf(record, record.live, newResourcePolicy(record), true));
      else if (!record.live) run.forgetResource(record.logicalId);
    }
    if (operation.targetRevisionId !== undefined && operation.targetRevisionId !== stack.revisionId) {
      run.parts.store.deleteRevision(stack, operation.targetRevisionId);
    }
    stack.shownRevisionId = undefined;
    if (operation.oldOutputs) stack.outputs = operation.oldOutputs;
    operation.phase = "rollback-cleanup";
    run.setStatus("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  });
}

/** A resource that the failed operation made goes unless the template says Retain. */
function newResourcePolicy(record: ResourceRecord): string {
  return record.deletionPolicy === "RetainExceptOnCreate" ? "Delete" : record.deletionPolicy;
}

async function cleanUpAfterRollback(run: StackRun): Promise<void> {
  await runCleanup(run);
  finish(run, "UPDATE_ROLLBACK_COMPLETE");
}

async function deleteStack(run: StackRun): Promise<void> {
  run.renewSignal();
  const { operation, stack } = run;
  const isCreateRollback = stack.status === "ROLLBACK_IN_PROGRESS";
  const records = [...run.resources.values()].filter(
    (record) => record.status !== "DELETE_COMPLETE" && record.status !== "DELETE_SKIPPED",
  );
  for (const record of records) if (!record.live) run.forgetResource(record.logicalId);
  const removals = records
    .filter((record) => record.live)
    .map((record) => recordRemoval(run, record, isCreateRollback));
  const failed = await removeAll(run, removals);
  if (failed.length === 0 || operation.isForced)
    return finish(run, isCreateRollback ? "ROLLBACK_COMPLETE" : "DELETE_COMPLETE");
  const reason = `The following resource(s) failed to delete: [${failed.join(", ")}]. `;
  operation.failures = failed.map((logicalId) => ({ logicalId, verb: "delete" }));
  finish(run, isCreateRollback ? "ROLLBACK_FAILED" : "DELETE_FAILED", reason);
}

function recordRemoval(run: StackRun, record: ResourceRecord, isCreateRollback: boolean): Removal {
  const retained = run.operation.retain.includes(record.logicalId);
  const policy = retained ? "Retain" : removalPolicy(record, isCreateRollback);
  const removal: Removal = {
    logicalId: record.logicalId,
    type: record.type,
    live: record.live!,
    dependsOn: record.dependsOn,
    policy,
    step: record.step?.verb === "delete" ? record.step : undefined,
    keep() {
      record.step = removal.step;
      run.keepResource(record);
    },
    told(status, reason) {
      if (status !== "DELETE_IN_PROGRESS") record.step = undefined;
      run.setResource(record, status, reason);
    },
  };
  return removal;
}

function removalPolicy(record: ResourceRecord, isCreateRollback: boolean): string {
  if (record.deletionPolicy === "RetainExceptOnCreate") return isCreateRollback ? "Delete" : "Retain";
  return record.deletionPolicy;
}
