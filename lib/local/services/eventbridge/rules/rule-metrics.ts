import { ServiceMetrics } from "../../../kit/service-metrics.ts";
import type { Cloud } from "../../../service.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
export type RuleMetric =
  | "MatchedEvents"
  | "TriggeredRules"
  | "Invocations"
  | "FailedInvocations"
  | "RetryInvocationAttempts"
  | "InvocationsSentToDlq"
  | "InvocationsFailedToBeSentToDlq";

/** Counts what rules do, as CloudWatch shows it in `AWS/Events`. */
export class RuleMetrics {
  readonly #metrics: ServiceMetrics;

  constructor(cloud: Cloud) {
    this.#metrics = new ServiceMetrics(cloud, "AWS/Events");
  }

  /** Rules of the default bus are identified by their name alone. */
  add(ruleArn: string, ...names: readonly RuleMetric[]): void {
    const [, , , region = "", , resource = ""] = ruleArn.split(":");
    const [rule = "", bus] = resource.split("/").slice(1).toReversed();
    const dimensions: [string, string][] = [["RuleName", rule]];
    if (bus !== undefined) dimensions.unshift(["EventBusName", bus]);
    for (const name of names) this.#metrics.add({ region, name, unit: "Count", dimensions }, 1);
  }

  /** Sends what there is, and takes nothing more. */
  close(): Promise<void> {
    return this.#metrics.close();
  }
}
