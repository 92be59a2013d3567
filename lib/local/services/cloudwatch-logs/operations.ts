import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { LogsState } from "./context.ts";
import * as filterLogEvents from "./filter-log-events.ts";
import * as getLogEvents from "./get-log-events.ts";
import * as liveTail from "./live-tail.ts";
import * as logGroups from "./log-groups.ts";
import * as logStreams from "./log-streams.ts";
import * as logTags from "./log-tags.ts";
import * as metricFilters from "./metric-filters.ts";
import * as putLogEvents from "./put-log-events.ts";
import * as resourcePolicies from "./resource-policies.ts";
import * as subscriptionFilters from "./subscription-filters.ts";

/** The operations of CloudWatch Logs that are carried. */
export function operationsOf(state: LogsState): Operations<"cloudwatch-logs"> {
  return bindOperations("cloudwatch-logs", state, [
    filterLogEvents,
    getLogEvents,
    liveTail,
    logGroups,
    logStreams,
    logTags,
    metricFilters,
    putLogEvents,
    resourcePolicies,
    subscriptionFilters,
  ]);
}
