import type { LocalService, ServiceFactory } from "../../service.ts";
import { openEvents } from "./context.ts";
import { operationsOf } from "./operations.ts";

/** Makes EventBridge: buses, rules with targets, schedules, archives and replays, API destinations. */
export const createEventbridge: ServiceFactory<"eventbridge"> = (cloud): LocalService<"eventbridge"> => {
  const events = openEvents(cloud);
  return {
    name: "eventbridge",
    operations: operationsOf(events),
    start() {
      events.archived.expireAll(events);
      events.deliveries.start();
      events.replayer.start();
      events.clock.start();
    },
    async stop() {
      events.clock.stop();
      events.replayer.stop();
      events.deliveries.stop();
      await events.metrics.close();
    },
  };
};
