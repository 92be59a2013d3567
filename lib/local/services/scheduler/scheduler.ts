import type { Scheduler } from "./context.ts";
import { ScheduleMetrics } from "./schedule-metrics.ts";
import { ScheduleClock } from "./schedule-clock.ts";
import type { GroupRecord, ScheduleRecord } from "./records.ts";
import { openInvocations } from "./deliveries.ts";
import type { LocalService, ServiceFactory, Cloud } from "../../service.ts";
import { operationsOf } from "./operations.ts";

function openScheduler(cloud: Cloud): Scheduler {
  const parts = {
    cloud,
    groups: cloud.store.collection<GroupRecord>("scheduler.groups"),
    schedules: cloud.store.collection<ScheduleRecord>("scheduler.schedules"),
    metrics: new ScheduleMetrics(cloud),
    deliveries: openInvocations(cloud, () => scheduler),
  };
  const scheduler: { -readonly [K in keyof Scheduler]: Scheduler[K] } = parts as Scheduler;
  // The clock asks back for the rest.
  scheduler.clock = new ScheduleClock(scheduler);
  return scheduler;
}

/** Makes the EventBridge Scheduler: schedules in groups, which call functions and services in their time. */
export const createScheduler: ServiceFactory<"scheduler"> = (cloud): LocalService<"scheduler"> => {
  const scheduler = openScheduler(cloud);
  return {
    name: "scheduler",
    operations: operationsOf(scheduler),
    start() {
      scheduler.deliveries.start();
      scheduler.clock.start();
    },
    async stop() {
      scheduler.clock.stop();
      scheduler.deliveries.stop();
      await scheduler.metrics.close();
    },
  };
};
