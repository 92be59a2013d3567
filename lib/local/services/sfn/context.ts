import type { MapRuns } from "./map-run-store.ts";
import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import type { Expressions } from "./expressions/expressions.ts";
import type { ExecutionMetrics } from "./execution-metrics.ts";
import type { ExecutionStore } from "./execution-store.ts";
import type { ActivityRecord, AliasRecord, ExecutionRecord, MachineRecord, VersionRecord } from "./records.ts";
import type { Runner } from "./run/runner.ts";
import type { StatusEvents } from "./status-events.ts";
import type { TaskDesk } from "./task-desk.ts";

/** What the operations share. */
export interface Sfn {
  readonly cloud: Cloud;
  /** By ARN, as are the others. */
  readonly machines: Collection<MachineRecord>;
  readonly versions: Collection<VersionRecord>;
  readonly aliases: Collection<AliasRecord>;
  readonly activities: Collection<ActivityRecord>;
  readonly executions: ExecutionStore;
  readonly desk: TaskDesk;
  readonly mapRuns: MapRuns;
  readonly statusEvents: StatusEvents;
  readonly metrics: ExecutionMetrics;
  /** Call it in the turn in which an execution's status is written. */
  readonly onStatus: (record: ExecutionRecord) => void;
  readonly expressions: Expressions;
  readonly runner: Runner;
}

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"sfn">> = InputOf<"sfn", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"sfn">> = OutputOf<"sfn", K>;
