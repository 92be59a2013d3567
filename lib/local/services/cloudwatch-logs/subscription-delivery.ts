import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { SubscriptionFilter } from "@aws-sdk/client-cloudwatch-logs";
import { trusted } from "../../delivery/authority.ts";
import { deliver } from "../../delivery/deliver.ts";
import { toFunction } from "../../delivery/to-function.ts";
import type { Cloud } from "../../service.ts";
import { eventId } from "./event-position.ts";
import { compileFilterPattern } from "./filter-pattern/filter-pattern.ts";
import type { FilterTables } from "./filter-tables.ts";
import type { IngestedBatch } from "./ingestion.ts";

const compress = promisify(gzip);

/** Hands matching events to the functions that subscribed, as AWS does: gzipped JSON in base64, asynchronously. */
export function createSubscriptionDelivery(cloud: Cloud, filters: FilterTables) {
  return (batch: IngestedBatch): void => {
    const subscriptions = filters.subscription.list(filters.prefix(batch.group));
    for (const [, filter] of subscriptions)
      deliverMatches(cloud, batch, filter).catch((error: unknown) =>
        cloud.log(`logs: subscription filter ${filter.filterName} could not deliver: ${String(error)}`),
      );
  };
}

async function deliverMatches(cloud: Cloud, batch: IngestedBatch, filter: SubscriptionFilter): Promise<void> {
  const matches = compileFilterPattern(filter.filterPattern ?? "");
  const logEvents = batch.events
    .filter((event) => matches(event.message))
    .map(({ id, timestamp, message }) => ({ id: eventId({ atMs: timestamp, id }), timestamp, message }));
  if (logEvents.length === 0) return;
  const data = await compress(
    JSON.stringify({
      messageType: "DATA_MESSAGE",
      owner: cloud.account,
      logGroup: batch.group.name,
      logStream: batch.streamName,
      subscriptionFilters: [filter.filterName],
      logEvents,
    }),
  );
  const payload = JSON.stringify({ awslogs: { data: data.toString("base64") } });
  // The function's policy was checked when the filter was made.
  await deliver(toFunction(cloud, filter.destinationArn ?? "", { payload }), trusted);
}
