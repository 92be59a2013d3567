import { grantsService } from "../../../policy/service-grant.ts";
import type { Delivery } from "./deliveries.ts";
import type { Events } from "../context.ts";
import { notPermitted } from "./send-to-queue.ts";
import { readTargetArn } from "./target-kind.ts";

/** Publishes the input on a topic whose policy lets EventBridge do so. */
export async function sendToTopic({ cloud }: Events, delivery: Delivery, Message: string): Promise<void> {
  const TopicArn = delivery.target.Arn!;
  const { region } = readTargetArn(TopicArn);
  const { Attributes } = await cloud.call("sns", "GetTopicAttributes", { TopicArn }, { region });
  const isGranted = grantsService(Attributes?.["Policy"], {
    service: "events.amazonaws.com",
    action: "sns:Publish",
    resource: TopicArn,
    sourceArn: delivery.ruleArn,
    sourceAccount: cloud.account,
  });
  if (!isGranted) throw notPermitted(`publish on ${TopicArn} for ${delivery.ruleArn}`, "sns:Publish");
  await cloud.call("sns", "Publish", { TopicArn, Message }, { region });
}
