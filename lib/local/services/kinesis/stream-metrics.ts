import { ServiceMetrics } from "../../kit/service-metrics.ts";
import type { Cloud } from "../../service.ts";
import type { StreamRecord } from "./records.ts";

/** https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html */
const UNITS = {
  IncomingBytes: "Bytes",
  IncomingRecords: "Count",
  WriteProvisionedThroughputExceeded: "Count",
  "GetRecords.Bytes": "Bytes",
  "GetRecords.Records": "Count",
  "GetRecords.IteratorAgeMilliseconds": "Milliseconds",
  ReadProvisionedThroughputExceeded: "Count",
} as const;

/** Counts what streams do, as CloudWatch shows it in `AWS/Kinesis`. */
export class StreamMetrics {
  readonly #metrics: ServiceMetrics;

  constructor(cloud: Cloud) {
    this.#metrics = new ServiceMetrics(cloud, "AWS/Kinesis");
  }

  add({ region, name: stream }: StreamRecord, name: keyof typeof UNITS, value = 1): void {
    this.#metrics.add({ region, name, unit: UNITS[name], dimensions: [["StreamName", stream]] }, value);
  }

  /** Sends what there is, and takes nothing more. */
  close(): Promise<void> {
    return this.#metrics.close();
  }
}
