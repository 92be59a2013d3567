import type { Cancel } from "../../state/clock.ts";
import type { Operations, RequestContext, ServiceFactory } from "../../service.ts";
import { openActions } from "./alarms/alarm-actions.ts";
import { startAlarmClock } from "./alarms/alarm-clock.ts";
import { AlarmStore } from "./alarms/alarm-store.ts";
import * as tags from "./alarms/alarm-tags.ts";
import * as alarmCalls from "./alarms/alarms.ts";
import type { CloudwatchState } from "./context.ts";
import * as dashboards from "./dashboards.ts";
import { getMetricData } from "./queries/get-metric-data.ts";
import { getMetricStatistics } from "./queries/get-metric-statistics.ts";
import { listMetrics } from "./metrics/list-metrics.ts";
import { startMetricRetention } from "./metrics/metric-retention.ts";
import { MetricStore } from "./metrics/metric-store.ts";
import { putCompositeAlarm } from "./alarms/put-composite-alarm.ts";
import { putMetricAlarm } from "./alarms/put-metric-alarm.ts";
import { putMetricData } from "./metrics/put-metric-data.ts";

/** CloudWatch: metrics with exact statistics, metric math, alarms that are evaluated on the cloud's clock. */
export const createCloudwatch: ServiceFactory<"cloudwatch"> = (cloud) => {
  const alarms = new AlarmStore(cloud.store);
  const actions = openActions(cloud, alarms);
  const state: CloudwatchState = { cloud, metrics: new MetricStore(cloud.store), alarms, actions };
  const running: Cancel[] = [];
  return {
    name: "cloudwatch",
    operations: operationsOn(state),
    start() {
      actions.start();
      running.push(startAlarmClock(state), startMetricRetention(cloud.clock, state.metrics));
    },
    stop() {
      actions.stop();
      for (const end of running.splice(0)) end();
    },
  };
};

function operationsOn(state: CloudwatchState): Operations<"cloudwatch"> {
  const on =
    <I, O>(operation: (state: CloudwatchState, input: I, context: RequestContext) => O) =>
    (input: I, context: RequestContext): O =>
      operation(state, input, context);
  return {
    PutMetricData: on(putMetricData),
    GetMetricData: on(getMetricData),
    GetMetricStatistics: on(getMetricStatistics),
    ListMetrics: on(listMetrics),
    PutMetricAlarm: on(putMetricAlarm),
    PutCompositeAlarm: on(putCompositeAlarm),
    DescribeAlarms: on(alarmCalls.describeAlarms),
    DescribeAlarmsForMetric: on(alarmCalls.describeAlarmsForMetric),
    DescribeAlarmHistory: on(alarmCalls.describeAlarmHistory),
    SetAlarmState: on(alarmCalls.setAlarmState),
    EnableAlarmActions: on(alarmCalls.enableAlarmActions),
    DisableAlarmActions: on(alarmCalls.disableAlarmActions),
    DeleteAlarms: on(alarmCalls.deleteAlarms),
    PutDashboard: on(dashboards.putDashboard),
    GetDashboard: on(dashboards.getDashboard),
    ListDashboards: on(dashboards.listDashboards),
    DeleteDashboards: on(dashboards.deleteDashboards),
    ListTagsForResource: on(tags.listTagsForResource),
    TagResource: on(tags.tagResource),
    UntagResource: on(tags.untagResource),
  };
}
