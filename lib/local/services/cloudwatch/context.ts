import type { Outbox } from "../../state/outbox.ts";
import type { Cloud } from "../../service.ts";
import type { AlarmStore, AlarmAction } from "./alarms/alarm-store.ts";
import type { MetricStore } from "./metrics/metric-store.ts";

/** The state shared by all operations. */
export interface CloudwatchState {
  readonly cloud: Cloud;
  readonly metrics: MetricStore;
  readonly alarms: AlarmStore;
  readonly actions: Outbox<AlarmAction>;
}
