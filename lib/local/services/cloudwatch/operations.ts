import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { CloudwatchState } from "./context.ts";
import * as alarmTags from "./alarms/alarm-tags.ts";
import * as alarms from "./alarms/alarms.ts";
import * as putCompositeAlarm from "./alarms/put-composite-alarm.ts";
import * as putMetricAlarm from "./alarms/put-metric-alarm.ts";
import * as dashboards from "./dashboards.ts";
import * as listMetrics from "./metrics/list-metrics.ts";
import * as putMetricData from "./metrics/put-metric-data.ts";
import * as getMetricData from "./queries/get-metric-data.ts";
import * as getMetricStatistics from "./queries/get-metric-statistics.ts";

/** The operations of CloudWatch that are carried. */
export function operationsOf(state: CloudwatchState): Operations<"cloudwatch"> {
  return bindOperations("cloudwatch", state, [
    alarmTags,
    alarms,
    putCompositeAlarm,
    putMetricAlarm,
    dashboards,
    listMetrics,
    putMetricData,
    getMetricData,
    getMetricStatistics,
  ]);
}
