import { getKnown } from "../../../../util/get-known.ts";
import type { CleanupRecord } from "../model.ts";
import { resourceType } from "../types/registry.ts";
import { failureReason, HaltedError } from "./failure.ts";
import { removeResource } from "./resource-steps.ts";
import { runGraph } from "./scheduler.ts";
import type { StackRun } from "./stack-run.ts";

/** A resource to delete, and how its deletion is reported and stored. */
export interface Removal extends Pick<CleanupRecord, "logicalId" | "type" | "live" | "policy" | "dependsOn" | "step"> {
  /** Stores the step that was started. */
  keep(): void;
  told(status: "DELETE_IN_PROGRESS" | "DELETE_COMPLETE" | "DELETE_FAILED" | "DELETE_SKIPPED", reason?: string): void;
}

/** Takes resources away, dependents first, and returns which could not go. What a policy retains is skipped. */
export async function removeAll(run: StackRun, removals: readonly Removal[]): Promise<string[]> {
  const failed: string[] = [];
  const byNode = new Map(removals.map((removal, index) => [String(index), removal]));
  await runGraph(
    deletionGraph(byNode),
    (node) => removeOne(run, getKnown(byNode, node), failed),
    () => run.signal.aborted,
  );
  run.refuseWhenHalted();
  return failed;
}

/** A resource waits for everything that was made after it because it needed it. */
function deletionGraph(removals: ReadonlyMap<string, Removal>): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [node, removal] of removals) {
    const dependents = [...removals].filter(
      ([other, item]) => other !== node && item.dependsOn.includes(removal.logicalId),
    );
    graph.set(node, new Set(dependents.map(([other]) => other)));
  }
  return graph;
}

async function removeOne(run: StackRun, removal: Removal, failed: string[]): Promise<void> {
  try {
    if (removal.policy === "Retain") return removal.told("DELETE_SKIPPED");
    if (removal.step === undefined) removal.told("DELETE_IN_PROGRESS");
    const note = keptNote(removal);
    await removeResource(run, removal, () => removal.keep());
    removal.told("DELETE_COMPLETE", note);
  } catch (error) {
    if (error instanceof HaltedError) return;
    const token = removal.step?.token ?? run.operation.id;
    removal.step = undefined;
    removal.told("DELETE_FAILED", failureReason(error, token));
    failed.push(removal.logicalId);
  }
}

/** There are no snapshots here: the event says so, where the template requests one. */
function keptNote(removal: Removal): string | undefined {
  const isKept = resourceType(removal.type)?.kept;
  return removal.policy === "Snapshot" && !isKept
    ? "Deleted without a snapshot: the local cloud makes none."
    : undefined;
}
