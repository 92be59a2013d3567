import { RuleMetrics } from "./rules/rule-metrics.ts";
import { RuleClock } from "./rules/rule-clock.ts";
import { RuleBook } from "./rules/rule-book.ts";
import { ReplayRunner } from "./archives/replay-runner.ts";
import type { ApiDestinationRecord, ArchiveRecord, BusRecord, ConnectionRecord, ReplayRecord } from "./records.ts";
import { openTargetDeliveries } from "./targets/deliveries.ts";
import { ArchiveTable } from "./archives/archive-table.ts";
import { findBus, nameOfBus, policyText } from "./buses/buses.ts";
import { destinationArn } from "./connections/api-destinations.ts";
import { connectionArn } from "./connections/connections.ts";
import type { LocalService, ServiceFactory, Cloud } from "../../service.ts";
import { keyOf, type Events } from "./context.ts";
import { operationsOf } from "./operations.ts";

function openEvents(cloud: Cloud): Events {
  const { store } = cloud;
  const parts = {
    cloud,
    buses: store.collection<BusRecord>("events.buses"),
    rules: new RuleBook(cloud),
    metrics: new RuleMetrics(cloud),
    archives: store.collection<ArchiveRecord>("events.archives"),
    archived: new ArchiveTable(store),
    replays: store.collection<ReplayRecord>("events.replays"),
    connections: store.collection<ConnectionRecord>("events.connections"),
    destinations: store.collection<ApiDestinationRecord>("events.api-destinations"),
    deliveries: openTargetDeliveries(cloud, () => events),
  };
  const events: { -readonly [K in keyof Events]: Events[K] } = parts as { -readonly [K in keyof Events]: Events[K] };
  // These two ask back for the rest.
  events.replayer = new ReplayRunner(events);
  events.clock = new RuleClock(events);
  return events;
}

/** Makes EventBridge: buses, rules with targets, schedules, archives and replays, API destinations. */
export const createEventbridge: ServiceFactory<"eventbridge"> = (cloud): LocalService<"eventbridge"> => {
  const events = openEvents(cloud);
  return {
    name: "eventbridge",
    operations: operationsOf(events),
    resourceArn: (operation, { Name: name }, context) =>
      typeof name === "string" ? tryFindArn(events, operation, keyOf(context, name)) : undefined,
    resourcePolicy(arn) {
      const bus = arn.includes(":event-bus/") ? findBus(events, arn.split(":")[3] ?? "", nameOfBus(arn)) : undefined;
      return bus && policyText(bus);
    },
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

/** Connections and API destinations have an id behind their name. */
function tryFindArn(events: Events, operation: string, key: string): string | undefined {
  const connection = operation.endsWith("Connection") ? events.connections.get(key) : undefined;
  if (connection !== undefined) return connectionArn(events, connection);
  const destination = operation.endsWith("ApiDestination") ? events.destinations.get(key) : undefined;
  return destination && destinationArn(events, destination);
}
