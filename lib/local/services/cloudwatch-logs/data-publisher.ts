import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Checked } from "../../kit/checked.ts";
import type { Cloud } from "../../service.ts";

/** A call takes 1,000 data; the rest goes in the next. */
const MAX_DATA = 1000;

/**
 * Puts data into CloudWatch without delaying the call that brought the log events; errors are reported in the cloud's
 * log.
 */
export type DataPublisher = (region: string, namespace: string, data: readonly Checked<MetricDatum>[]) => void;

/** `what` names the data in the cloud's own log. */
export function createDataPublisher(cloud: Cloud, what: string): DataPublisher {
  return (region, namespace, data) => {
    for (let at = 0; at < data.length; at += MAX_DATA) {
      const input = { Namespace: namespace, MetricData: data.slice(at, at + MAX_DATA) };
      cloud
        .call("cloudwatch", "PutMetricData", input, { region })
        .catch((error: unknown) => cloud.log(`logs: ${what} could not be published: ${String(error)}`));
    }
  };
}
