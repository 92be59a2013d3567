import { byPolicy } from "../../delivery/authority.ts";
import { sendDeadLetter } from "../../delivery/dead-letter.ts";
import { deliver } from "../../delivery/deliver.ts";
import { DeliveryFailure } from "../../delivery/failure.ts";
import { openDeliveries } from "../../delivery/open-deliveries.ts";
import type { Retry } from "../../delivery/retry.ts";
import { toFunction } from "../../delivery/to-function.ts";
import { toQueue } from "../../delivery/to-queue.ts";
import type { Cloud } from "../../service.ts";
import type { Lane, Outbox } from "../../state/outbox.ts";
import { postMessage, postQuestion } from "./deliver-to-web.ts";
import { tellMessage, tellQuestion } from "./deliver-to-log.ts";
import { effectiveHttpPolicy } from "./delivery-policy.ts";
import { buildFunctionEvent } from "./function-event.ts";
import { buildQueueMessage } from "./queue-message.ts";
import type { Delivery, Protocol, PublishedMessage, SubscriptionRecord } from "./records.ts";
import { httpRetryMs, managedRetryMs } from "./retry-schedule.ts";
import { type Sns, topicKey } from "./context.ts";

type Carrier = (sns: Sns, subscription: SubscriptionRecord, message: PublishedMessage) => Promise<void>;

const CARRIERS: Readonly<Record<Protocol, Carrier>> = {
  sqs: sendToQueue,
  lambda: invokeFunction,
  http: postMessage,
  https: postMessage,
  email: tellMessage,
  "email-json": tellMessage,
  sms: tellMessage,
};

/** Opens what keeps messages until each subscription has them. Subscriptions do not wait for each other. */
export function openSubscriptionDeliveries(cloud: Cloud, sns: () => Sns): Outbox<Delivery> {
  return openDeliveries<Delivery>(cloud, {
    collection: "sns.deliveries",
    laneOf,
    send: (delivery) => send(sns(), delivery),
    retry: (delivery, failure, attempts) => planRetry(sns(), delivery, failure, attempts),
    giveUp: (delivery, failure) => giveUp(sns(), delivery, failure),
  });
}

/** Messages of a group stay in order. */
function laneOf(delivery: Delivery): Lane {
  if (delivery.kind !== "Notification") return { name: `ask ${delivery.subscription.arn}`, isOrdered: true };
  const { groupId, sequenceNumber } = delivery.message;
  if (sequenceNumber === undefined) return { name: delivery.subscription };
  return { name: `${delivery.subscription} ${groupId}`, isOrdered: true };
}

async function send(sns: Sns, delivery: Delivery): Promise<void> {
  const subscription = subscriptionOf(sns, delivery);
  // A subscription that has ended receives nothing more.
  if (subscription === undefined) return;
  if (delivery.kind === "Notification") {
    await CARRIERS[subscription.protocol](sns, subscription, delivery.message);
    sns.metrics.add(subscription.topicArn, "NumberOfNotificationsDelivered");
  } else if (subscription.protocol.startsWith("http")) await postQuestion(sns, delivery);
  else tellQuestion(sns, delivery);
}

function subscriptionOf(sns: Sns, delivery: Delivery): SubscriptionRecord | undefined {
  if (delivery.kind !== "Notification") return delivery.subscription;
  const [, , , region, , ...resource] = delivery.subscription.split(":");
  return sns.subscriptions.get(`${region}/${resource.join(":")}`);
}

async function sendToQueue(sns: Sns, subscription: SubscriptionRecord, message: PublishedMessage): Promise<void> {
  const arn = subscription.endpoint;
  const call = toQueue(sns.cloud, arn, await buildQueueMessage(sns, arn, subscription, message));
  await deliver(call, asPublisher(sns, message));
}

async function invokeFunction(sns: Sns, subscription: SubscriptionRecord, message: PublishedMessage): Promise<void> {
  const payload = JSON.stringify(await buildFunctionEvent(sns, subscription, message));
  await deliver(toFunction(sns.cloud, subscription.endpoint, { payload }), asPublisher(sns, message));
}

/** Queues and functions take messages of topics only where their policy says so, those of the same account too. */
function asPublisher({ cloud }: Sns, { topicArn }: PublishedMessage) {
  const service = "sns.amazonaws.com";
  return byPolicy(cloud, { service, sourceArn: topicArn }, ({ arn, permission: { action } }) => {
    const message =
      action === "lambda:InvokeFunction"
        ? `the policy of ${arn} does not let ${service} invoke it for ${topicArn}; add a permission`
        : `the policy of ${arn} does not let ${service} send messages of ${topicArn}; allow it ${action}`;
    return new DeliveryFailure("AccessDenied", message);
  });
}

/** Logs the first retry alone: the retries of an endpoint that does not answer may go on for days. */
function planRetry(sns: Sns, delivery: Delivery, failure: DeliveryFailure, attempts: number): Retry {
  const subscription = subscriptionOf(sns, delivery);
  const retryAfterMs =
    subscription === undefined || failure.kind === "final" ? undefined : retryDelay(sns, subscription, attempts + 1);
  if (subscription === undefined || retryAfterMs === undefined) return { exhausted: undefined };
  if (attempts === 0)
    sns.cloud.log(`${describe(subscription)} did not get a message and is tried again: ${failure.message}`);
  return { retryAfterMs };
}

function retryDelay(sns: Sns, subscription: SubscriptionRecord, attempts: number): number | undefined {
  if (!subscription.protocol.startsWith("http")) return managedRetryMs(attempts);
  const policy = effectiveHttpPolicy(subscription, sns.topics.get(topicKey(subscription)));
  return httpRetryMs(policy.healthyRetryPolicy, attempts);
}

async function giveUp(sns: Sns, delivery: Delivery, failure: DeliveryFailure): Promise<void> {
  const subscription = subscriptionOf(sns, delivery);
  if (subscription === undefined) return;
  const what = `${describe(subscription)} did not get a message: ${failure.message}`;
  if (delivery.kind !== "Notification") return sns.cloud.log(what);
  const { message } = delivery;
  sns.metrics.add(subscription.topicArn, "NumberOfNotificationsFailed");
  const queueArn = deadLetterQueueOf(subscription);
  if (queueArn === undefined) return sns.cloud.log(what);
  const letter = { queueArn, message: await buildQueueMessage(sns, queueArn, subscription, message), what };
  const isSent = await sendDeadLetter(sns.cloud, letter, asPublisher(sns, message));
  const outcome = isSent ? "NumberOfNotificationsRedrivenToDlq" : "NumberOfNotificationsFailedToRedriveToDlq";
  sns.metrics.add(subscription.topicArn, outcome);
}

function deadLetterQueueOf({ attributes }: SubscriptionRecord): string | undefined {
  const redrive = attributes["RedrivePolicy"];
  return redrive === undefined
    ? undefined
    : (JSON.parse(redrive) as { deadLetterTargetArn: string }).deadLetterTargetArn;
}

function describe({ arn, endpoint }: SubscriptionRecord): string {
  return `sns: ${arn}: ${endpoint}`;
}
