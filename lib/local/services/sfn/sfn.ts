import { MapRuns } from "./map-run-store.ts";
import type { Sfn } from "./context.ts";
import { TaskDesk } from "./task-desk.ts";
import { StatusEvents } from "./status-events.ts";
import { Runner } from "./run/runner.ts";
import type { ExecutionRecord } from "./records.ts";
import { ExecutionStore } from "./execution-store.ts";
import { ExecutionLog } from "./execution-log.ts";
import { ExecutionMetrics } from "./execution-metrics.ts";
import { Expressions } from "./expressions/expressions.ts";
import { EvaluationLog } from "./expressions/evaluation-log.ts";
import type { LocalService, ServiceFactory, Cloud } from "../../service.ts";
import { operationsOf } from "./operations.ts";

/** Opens what the service keeps. */
function openSfn(cloud: Cloud): Sfn {
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

/** Makes Step Functions: state machines with versions and aliases, and executions that survive a restart. */
export const createSfn: ServiceFactory<"sfn"> = (cloud): LocalService<"sfn"> => {
  const sfn = openSfn(cloud);
  return {
    name: "sfn",
    operations: operationsOf(sfn),
    resourceArn: (_operation, { taskToken: token }) =>
      typeof token === "string" ? sfn.desk.resourceOf(token) : undefined,
    start: () => {
      sfn.statusEvents.start();
      sfn.runner.resume();
    },
    stop: async () => {
      await sfn.runner.shutdown();
      sfn.expressions.close();
      sfn.statusEvents.stop();
      await sfn.metrics.close();
    },
  };
};
