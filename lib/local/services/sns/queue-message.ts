import type { QueueMessage } from "../../delivery/to-queue.ts";
import { textFor, wrap } from "./envelope.ts";
import type { PublishedMessage, SubscriptionRecord } from "./records.ts";
import type { Sns } from "./context.ts";

/** What a queue gets of a message: a subscription's own, or its dead-letter queue. */
export async function buildQueueMessage(
  sns: Sns,
  queueArn: string,
  subscription: SubscriptionRecord,
  message: PublishedMessage,
): Promise<QueueMessage> {
  const order = orderOf(message, queueArn);
  if (subscription.attributes["RawMessageDelivery"] !== "true")
    return { body: JSON.stringify(await wrap(sns, subscription, message)), ...order };
  const attributes = Object.entries(message.attributes).map(([name, { DataType = "String", ...value }]) => [
    name,
    { DataType, ...value },
  ]);
  return {
    body: textFor(message, subscription.protocol),
    ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
    ...order,
  };
}

/** A FIFO queue keeps the topic's order; to another queue of a FIFO topic the group means nothing. */
function orderOf({ groupId, deduplicationId, sequenceNumber }: PublishedMessage, queueArn: string) {
  if (queueArn.endsWith(".fifo")) return { groupId, deduplicationId };
  return sequenceNumber === undefined ? { groupId } : {};
}
