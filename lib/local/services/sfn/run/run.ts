import type { AslBranch } from "../../../../util/asl/definition.ts";
import type { MapRuns } from "../map-run-store.ts";
import type { Cloud } from "../../../service.ts";
import type { JsonataScope } from "../expressions/expression.ts";
import type { ExecutionRecord } from "../records.ts";
import type { TaskDesk } from "../task-desk.ts";
import type { RunJournal } from "./run-journal.ts";

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
  /** Runs the states of a branch, from its start to its end, and returns its output. */
  runBranch(run: Run, branch: AslBranch, input: unknown, frame: Frame): Promise<unknown>;
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
