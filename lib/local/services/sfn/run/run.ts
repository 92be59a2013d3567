import type { Cloud } from "../../../service.ts";
import type { JsonataScope } from "../expressions/expression.ts";
import type { MapRuns } from "../map-runs.ts";
import type { ExecutionRecord } from "../records.ts";
import type { TaskDesk } from "../task-desk.ts";
import type { RunJournal } from "./run-journal.ts";

/** Why a run ends from outside. */
export type Interruption = "aborted" | "timedOut" | "shutdown" | "sibling";

/** Thrown out of every wait of a run that was interrupted. */
export class Interrupted extends Error {
  readonly why: Interruption;

  constructor(why: Interruption) {
    super(why);
    this.why = why;
  }
}

/** What one execution's states share. */
export interface Run {
  readonly cloud: Cloud;
  readonly execution: ExecutionRecord;
  readonly journal: RunJournal;
  readonly desk: TaskDesk;
  readonly signal: AbortSignal;
  readonly mapRuns: MapRuns;
  /**
   * Runs an execution for this one, or joins it where it runs already or is over; called off with the signal. One that
   * ended without success is redriven where `redrives` says so.
   */
  child(record: ExecutionRecord, signal: AbortSignal, redrives: boolean): Promise<ExecutionRecord>;
  /** Settles when an execution that runs here is over; undefined where it does not run. */
  whenEnded(executionArn: string): Promise<unknown> | undefined;
  /** Fills a value's JSONata. Rejects with `States.QueryEvaluationError`. */
  evaluate(value: unknown, scope: JsonataScope, field: string): Promise<unknown>;
  /** What is on disk before something outside is touched. */
  durable(): Promise<void>;
}

/** `Map.Item` of the context object. */
export interface MapItem {
  readonly Index: number;
  readonly Value: unknown;
  readonly Key?: string;
}

/** Where in the definition the run is: one for each branch. */
export interface Frame {
  /** Unique in the execution; the same after a restart. */
  readonly path: string;
  /** The event that came before the next one. */
  last: number;
  readonly variables: Record<string, unknown>;
  readonly language: "JSONPath" | "JSONata";
  /** `Map` of the context object, within an iteration. */
  readonly map?: { readonly Item: MapItem };
}

/** Waits until the cloud's clock shows a time. */
export function sleepUntil({ cloud, signal }: Pick<Run, "cloud" | "signal">, dueMs: number): Promise<void> {
  return unlessInterrupted(signal, (resolve) => cloud.clock.at(dueMs, resolve));
}

/** Settles as `work` says, or rejects when the run is interrupted first. `work` may answer how to call it off. */
export function unlessInterrupted<T>(
  signal: AbortSignal,
  work: (resolve: (value: T) => void, reject: (error: Error) => void) => (() => void) | void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    let cancel: (() => void) | void = undefined;
    const onAbort = () => {
      cancel?.();
      reject(signal.reason as Error);
    };
    const settled = () => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
    cancel = work(
      (value) => {
        settled();
        resolve(value);
      },
      (error) => {
        settled();
        reject(error);
      },
    );
  });
}
