import { ServiceMetrics } from "../../kit/service-metrics.ts";
import type { Cloud } from "../../service.ts";
import type { Invocation } from "./records.ts";

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html */
export type ScheduleMetric =
  | "InvocationAttemptCount"
  | "TargetErrorCount"
  | "TargetErrorThrottledCount"
  | "InvocationDroppedCount"
  | "InvocationsSentToDeadLetterCount"
  | "InvocationsFailedToBeSentToDeadLetterCount";

/** Counts invocations by their group, as CloudWatch shows them in `AWS/Scheduler`. */
export class ScheduleMetrics {
  readonly #metrics: ServiceMetrics;

  constructor(cloud: Cloud) {
    this.#metrics = new ServiceMetrics(cloud, "AWS/Scheduler");
  }

  add({ region, group }: Invocation, name: ScheduleMetric): void {
    this.#metrics.add({ region, name, unit: "Count", dimensions: [["ScheduleGroup", group]] });
  }

  /** Sends what there is, and takes nothing more. */
  close(): Promise<void> {
    return this.#metrics.close();
  }
}
