import type { Cancel } from "../../state/clock.ts";
import type { ServiceFactory } from "../../service.ts";
import { createEmbeddedMetrics } from "./embedded-metrics.ts";
import { FilterTables } from "./filter-tables.ts";
import { Ingestion } from "./ingestion.ts";
import { LogStore } from "./log-store.ts";
import type { LogsState } from "./context.ts";
import { createMetricPublisher } from "./metric-publisher.ts";
import { startRetention } from "./retention.ts";
import { createSubscriptionDelivery } from "./subscription-delivery.ts";
import { operationsOf } from "./operations.ts";

/** CloudWatch Logs: groups, streams, events, and the filters that act on what comes in. */
export const createCloudwatchLogs: ServiceFactory<"cloudwatch-logs"> = (cloud) => {
  const filters = new FilterTables(cloud.store);
  const state: LogsState = { cloud, logs: new LogStore(cloud.store), filters, ingestion: new Ingestion() };
  state.ingestion.listen(createMetricPublisher(cloud, filters));
  state.ingestion.listen(createEmbeddedMetrics(cloud));
  state.ingestion.listen(createSubscriptionDelivery(cloud, filters));
  let endRetention: Cancel | undefined;
  return {
    name: "cloudwatch-logs",
    operations: operationsOf(state),
    start() {
      endRetention = startRetention(cloud, state.logs);
    },
    stop() {
      endRetention?.();
    },
  };
};
