import type { ExecutionStore } from "./execution-store.ts";
import type { ExecutionRecord, ChildOutcome } from "./records.ts";

/** An unsuccessful execution can be redriven for two weeks (developer guide, "Redriving executions"). */
export const REDRIVABLE_FOR_MS = 14 * 86_400_000;

/** The state at which a redrive continues was entered, and its result stays as it is. */
const STILL_TRUE = new Set([
  "ExecutionStarted",
  "ParallelStateStarted",
  "MapStateStarted",
  "MapIterationStarted",
  "MapIterationSucceeded",
  "MapRunStarted",
]);

/** Why an execution cannot be redriven, in AWS's words; undefined where it can. */
export function whyNotRedrivable(record: ExecutionRecord, nowMs: number): string | undefined {
  const { status, type, stoppedMs = nowMs } = record;
  if (type === "EXPRESS") return "Execution of an EXPRESS state machine cannot be redriven";
  if (status === "RUNNING" || status === "SUCCEEDED") return `Execution is ${status} and cannot be redriven`;
  if (nowMs - stoppedMs > REDRIVABLE_FOR_MS) return "Execution has exceeded the redrivable period";
  return undefined;
}

/** The execution after its redrive. */
export function redriven(record: ExecutionRecord, nowMs: number): ExecutionRecord {
  const { stoppedMs: _stopped, output: _output, error: _error, cause: _cause, ...kept } = record;
  return { ...kept, status: "RUNNING", redriveCount: record.redriveCount + 1, redrivenMs: nowMs };
}

/**
 * Removes the steps of states that did not finish, so that they run again; finished states keep their results. Events
 * stay in the history, under keys that are not used again.
 */
export function reopenSteps(executions: ExecutionStore, { arn, redriveCount }: ExecutionRecord): void {
  for (const { key, value } of executions.steps(arn)) {
    if (isExit(key) || /:(run|inputs|child)$/.test(key)) continue;
    const outcome = key.endsWith(":outcome") ? (value as ChildOutcome) : undefined;
    if (outcome?.status === "SUCCEEDED") continue;
    executions.dropStep(arn, key);
    // A child of a Map Run is redriven with its parent.
    if (outcome !== undefined) executions.putStep(arn, key.replace(/outcome$/, "redrive"), true);
  }
  executions.renameEvents(arn, `~${redriveCount}`, (type) => !STILL_TRUE.has(type) && !type.endsWith("StateEntered"));
}

/** A state's exit is kept under the branch's path and the number of the visit alone. */
function isExit(key: string): boolean {
  return /\/\d+$/.test(key);
}
