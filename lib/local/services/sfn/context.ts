import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { EvaluationLog } from "./expressions/evaluation-log.ts";
import { Expressions } from "./expressions/expressions.ts";
import { ExecutionMetrics } from "./execution-metrics.ts";
import { ExecutionLog } from "./execution-log.ts";
import { ExecutionStore } from "./execution-store.ts";
import type { ActivityRecord, AliasRecord, ExecutionRecord, MachineRecord, VersionRecord } from "./records.ts";
import { MapRuns } from "./map-runs.ts";
import { Runner } from "./run/runner.ts";
import { StatusEvents } from "./status-events.ts";
import { TaskDesk } from "./task-desk.ts";

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

/** Opens what the service keeps. */
export function openSfn(cloud: Cloud): Sfn {
  const executions = new ExecutionStore(cloud.store);
  const desk = new TaskDesk(cloud);
  const log = new ExecutionLog(cloud);
  const statusEvents = new StatusEvents(cloud);
  const metrics = new ExecutionMetrics(cloud);
  const onStatus = (record: ExecutionRecord) => {
    statusEvents.tell(record);
    metrics.tell(record);
  };
  const mapRuns = new MapRuns(cloud.store);
  const expressions = new Expressions();
  const evaluations = new EvaluationLog(cloud.store);
  return {
    cloud,
    machines: cloud.store.collection("sfn.machines"),
    versions: cloud.store.collection("sfn.versions"),
    aliases: cloud.store.collection("sfn.aliases"),
    activities: cloud.store.collection("sfn.activities"),
    executions,
    desk,
    mapRuns,
    statusEvents,
    metrics,
    onStatus,
    expressions,
    runner: new Runner({ cloud, executions, desk, log, mapRuns, expressions, evaluations, onStatus }),
  };
}
