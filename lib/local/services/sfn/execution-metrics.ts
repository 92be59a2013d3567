import { ServiceMetrics } from "../../kit/service-metrics.ts";
import type { Cloud } from "../../service.ts";
import type { ExecutionRecord } from "./records.ts";

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const NAMES: Readonly<Record<ExecutionRecord["status"], string>> = {
  RUNNING: "ExecutionsStarted",
  SUCCEEDED: "ExecutionsSucceeded",
  FAILED: "ExecutionsFailed",
  TIMED_OUT: "ExecutionsTimedOut",
  ABORTED: "ExecutionsAborted",
};

/** Counts executions, as CloudWatch shows them in `AWS/States`. */
export class ExecutionMetrics {
  readonly #metrics: ServiceMetrics;

  constructor(cloud: Cloud) {
    this.#metrics = new ServiceMetrics(cloud, "AWS/States");
  }

  /** Call it when an execution has changed its status. */
  tell({ region, machineArn, status, redriveCount, startedMs, stoppedMs }: ExecutionRecord): void {
    const dimensions = [["StateMachineArn", machineArn]] as const;
    const name = status === "RUNNING" && redriveCount > 0 ? "ExecutionsRedriven" : NAMES[status];
    this.#metrics.add({ region, name, unit: "Count", dimensions });
    if (stoppedMs === undefined) return;
    this.#metrics.add({ region, name: "ExecutionTime", unit: "Milliseconds", dimensions }, stoppedMs - startedMs);
  }

  /** Sends what there is, and takes nothing more. */
  close(): Promise<void> {
    return this.#metrics.close();
  }
}
