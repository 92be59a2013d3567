import { grantsService } from "../../policy/service-grant.ts";
import { DeliveryFailure } from "./delivery-failure.ts";
import { textFor, wrap } from "./envelope.ts";
import type { MessageAttribute, PublishedMessage, SubscriptionRecord } from "./records.ts";
import type { Sns } from "./context.ts";

/** Sends a message to a subscription's queue. */
export function sendToQueue(sns: Sns, subscription: SubscriptionRecord, message: PublishedMessage): Promise<void> {
  return send(sns, subscription.endpoint, subscription, message);
}

/** Sends a message that could not be delivered to the subscription's dead-letter queue, as it would have been. */
export function buryDeadLetter(
  sns: Sns,
  queueArn: string,
  subscription: SubscriptionRecord,
  message: PublishedMessage,
): Promise<void> {
  return send(sns, queueArn, subscription, message);
}

async function send(
  sns: Sns,
  queueArn: string,
  subscription: SubscriptionRecord,
  message: PublishedMessage,
): Promise<void> {
  const [, , , region = "", account = "", name = ""] = queueArn.split(":");
  const context = { region };
  const { QueueUrl } = await sns.cloud.call(
    "sqs",
    "GetQueueUrl",
    { QueueName: name, QueueOwnerAWSAccountId: account },
    context,
  );
  await requireGrant(sns, QueueUrl!, queueArn, message.topicArn);
  const isRaw = subscription.attributes["RawMessageDelivery"] === "true";
  const MessageBody = isRaw
    ? textFor(message, subscription.protocol)
    : JSON.stringify(await wrap(sns, subscription, message));
  await sns.cloud.call(
    "sqs",
    "SendMessage",
    { QueueUrl, MessageBody, ...(isRaw && rawAttributes(message)), ...order(message, name) },
    context,
  );
}

/** Queues take messages of topics only where their policy says so, those of the same account too. */
async function requireGrant(sns: Sns, QueueUrl: string, queueArn: string, topicArn: string): Promise<void> {
  const region = queueArn.split(":")[3]!;
  const { Attributes } = await sns.cloud.call(
    "sqs",
    "GetQueueAttributes",
    { QueueUrl, AttributeNames: ["Policy"] },
    { region },
  );
  const isGranted = grantsService(Attributes?.["Policy"], {
    service: "sns.amazonaws.com",
    action: "sqs:SendMessage",
    resource: queueArn,
    sourceArn: topicArn,
    sourceAccount: sns.cloud.account,
  });
  if (isGranted) return;
  throw new DeliveryFailure(
    `the policy of ${queueArn} does not let sns.amazonaws.com send messages of ${topicArn}; allow it sqs:SendMessage`,
    true,
  );
}

function rawAttributes({ attributes }: PublishedMessage): { MessageAttributes?: Record<string, SqsAttribute> } {
  const all = Object.entries(attributes);
  if (all.length === 0) return {};
  return {
    MessageAttributes: Object.fromEntries(all.map(([name, each]) => [name, { ...each, DataType: each.DataType! }])),
  };
}

type SqsAttribute = MessageAttribute & { DataType: string };

/** A FIFO queue keeps the topic's order; to another queue of a FIFO topic the group means nothing. */
function order(message: PublishedMessage, queue: string): object {
  if (queue.endsWith(".fifo")) {
    return { MessageGroupId: message.groupId, MessageDeduplicationId: message.deduplicationId };
  }
  const isFair = message.sequenceNumber === undefined && message.groupId !== undefined;
  return isFair ? { MessageGroupId: message.groupId } : {};
}
