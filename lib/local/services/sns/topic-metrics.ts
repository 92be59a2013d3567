import { ServiceMetrics } from "../../kit/service-metrics.ts";
import type { Cloud } from "../../service.ts";

/** https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
export type TopicMetric =
  | "NumberOfMessagesPublished"
  | "PublishSize"
  | "NumberOfNotificationsDelivered"
  | "NumberOfNotificationsFailed"
  | "NumberOfNotificationsFilteredOut"
  | "NumberOfNotificationsRedrivenToDlq"
  | "NumberOfNotificationsFailedToRedriveToDlq";

/** Counts what topics do, as CloudWatch shows it in `AWS/SNS`. */
export class TopicMetrics {
  readonly #metrics: ServiceMetrics;

  constructor(cloud: Cloud) {
    this.#metrics = new ServiceMetrics(cloud, "AWS/SNS");
  }

  add(topicArn: string, name: TopicMetric, value = 1): void {
    const [, , , region = "", , topic = ""] = topicArn.split(":");
    const unit = name === "PublishSize" ? "Bytes" : "Count";
    this.#metrics.add({ region, name, unit, dimensions: [["TopicName", topic]] }, value);
  }

  /** Sends what there is, and takes nothing more. */
  close(): Promise<void> {
    return this.#metrics.close();
  }
}
