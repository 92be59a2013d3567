import type { Cancel } from "../../state/clock.ts";
import type { ServiceFactory } from "../../service.ts";
import { openActions } from "./alarms/alarm-actions.ts";
import { startAlarmClock } from "./alarms/alarm-clock.ts";
import { AlarmStore } from "./alarms/alarm-store.ts";
import type { CloudwatchState } from "./context.ts";
import { startMetricRetention } from "./metrics/metric-retention.ts";
import { MetricStore } from "./metrics/metric-store.ts";
import { operationsOf } from "./operations.ts";

/** CloudWatch: metrics with exact statistics, metric math, alarms that are evaluated on the cloud's clock. */
export const createCloudwatch: ServiceFactory<"cloudwatch"> = (cloud) => {
  const alarms = new AlarmStore(cloud.store);
  const actions = openActions(cloud, alarms);
  const state: CloudwatchState = { cloud, metrics: new MetricStore(cloud.store), alarms, actions };
  const running: Cancel[] = [];
  return {
    name: "cloudwatch",
    operations: operationsOf(state),
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
