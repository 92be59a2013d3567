import type { LocalService, ServiceFactory } from "../../service.ts";
import { openScheduler } from "./context.ts";
import { operationsOf } from "./operations.ts";

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
