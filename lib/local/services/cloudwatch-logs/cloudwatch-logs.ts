import type { Cancel } from "../../state/clock.ts";
import type { Operations, RequestContext, ServiceFactory } from "../../service.ts";
import { filterLogEvents } from "./filter-log-events.ts";
import { FilterTables } from "./filter-tables.ts";
import { getLogEvents } from "./get-log-events.ts";
import { Ingestion } from "./ingestion.ts";
import { startLiveTail } from "./live-tail.ts";
import * as groups from "./log-groups.ts";
import { LogStore } from "./log-store.ts";
import * as streams from "./log-streams.ts";
import * as tags from "./log-tags.ts";
import type { LogsState } from "./context.ts";
import * as metricFilters from "./metric-filters.ts";
import { createMetricPublisher } from "./metric-publisher.ts";
import { putLogEvents } from "./put-log-events.ts";
import * as policies from "./resource-policies.ts";
import { startRetention } from "./retention.ts";
import { createSubscriptionDelivery } from "./subscription-delivery.ts";
import * as subscriptions from "./subscription-filters.ts";

/** CloudWatch Logs: groups, streams, events, and the filters that act on what comes in. */
export const createCloudwatchLogs: ServiceFactory<"cloudwatch-logs"> = (cloud) => {
  const filters = new FilterTables(cloud.store);
  const state: LogsState = { cloud, logs: new LogStore(cloud.store), filters, ingestion: new Ingestion() };
  state.ingestion.listen(createMetricPublisher(cloud, filters));
  state.ingestion.listen(createSubscriptionDelivery(cloud, filters));
  let endRetention: Cancel | undefined;
  return {
    name: "cloudwatch-logs",
    operations: operationsOn(state),
    start() {
      endRetention = startRetention(cloud, state.logs);
    },
    stop() {
      endRetention?.();
    },
  };
};

function operationsOn(state: LogsState): Operations<"cloudwatch-logs"> {
  const on =
    <I, O>(operation: (state: LogsState, input: I, context: RequestContext) => O) =>
    (input: I, context: RequestContext): O =>
      operation(state, input, context);
  return {
    CreateLogGroup: on(groups.createLogGroup),
    DeleteLogGroup: on(groups.deleteLogGroup),
    DescribeLogGroups: on(groups.describeLogGroups),
    ListLogGroups: on(groups.listLogGroups),
    PutRetentionPolicy: on(groups.putRetentionPolicy),
    DeleteRetentionPolicy: on(groups.deleteRetentionPolicy),
    PutLogGroupDeletionProtection: on(groups.putLogGroupDeletionProtection),
    CreateLogStream: on(streams.createLogStream),
    DeleteLogStream: on(streams.deleteLogStream),
    DescribeLogStreams: on(streams.describeLogStreams),
    PutLogEvents: on(putLogEvents),
    GetLogEvents: on(getLogEvents),
    FilterLogEvents: on(filterLogEvents),
    StartLiveTail: on(startLiveTail),
    PutMetricFilter: on(metricFilters.putMetricFilter),
    DeleteMetricFilter: on(metricFilters.deleteMetricFilter),
    DescribeMetricFilters: on(metricFilters.describeMetricFilters),
    TestMetricFilter: on(metricFilters.testMetricFilter),
    PutSubscriptionFilter: on(subscriptions.putSubscriptionFilter),
    DeleteSubscriptionFilter: on(subscriptions.deleteSubscriptionFilter),
    DescribeSubscriptionFilters: on(subscriptions.describeSubscriptionFilters),
    PutResourcePolicy: on(policies.putResourcePolicy),
    DescribeResourcePolicies: on(policies.describeResourcePolicies),
    DeleteResourcePolicy: on(policies.deleteResourcePolicy),
    TagResource: on(tags.tagResource),
    UntagResource: on(tags.untagResource),
    ListTagsForResource: on(tags.listTagsForResource),
    TagLogGroup: on(tags.tagLogGroup),
    UntagLogGroup: on(tags.untagLogGroup),
    ListTagsLogGroup: on(tags.listTagsLogGroup),
  };
}
