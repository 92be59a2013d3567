import { errorText } from "../../kit/error-text.ts";
import type { Lane, Outcome } from "../../state/outbox.ts";
import { isAwsError } from "../../aws-error.ts";
import { buryDeadLetter, sendToQueue } from "./deliver-to-queue.ts";
import { invokeFunction } from "./deliver-to-function.ts";
import { postMessage, postQuestion } from "./deliver-to-web.ts";
import { tellMessage, tellQuestion } from "./deliver-to-log.ts";
import { effectiveHttpPolicy } from "./delivery-policy.ts";
import { DeliveryFailure } from "./delivery-failure.ts";
import type { Delivery, Protocol, PublishedMessage, SubscriptionRecord } from "./records.ts";
import { httpRetryMs, managedRetryMs } from "./retry-schedule.ts";
import type { Sns } from "./context.ts";
import { topicKey } from "./subscriptions.ts";

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

/** Messages of a group stay in order; subscriptions do not wait for each other. */
export function laneOf(delivery: Delivery): Lane {
  if (delivery.kind !== "Notification") return { name: `ask ${delivery.subscription.arn}`, isOrdered: true };
  const { groupId, sequenceNumber } = delivery.message;
  if (sequenceNumber === undefined) return { name: delivery.subscription };
  return { name: `${delivery.subscription} ${groupId}`, isOrdered: true };
}

/** Tries to hand over what is on its way, and says when to try again. */
export async function attemptDelivery(sns: Sns, delivery: Delivery, attempts: number): Promise<Outcome> {
  const subscription = delivery.kind === "Notification" ? findByArn(sns, delivery.subscription) : delivery.subscription;
  // Whoever ended the subscription wants nothing more of it.
  if (subscription === undefined) return undefined;
  try {
    if (delivery.kind === "Notification") await CARRIERS[subscription.protocol](sns, subscription, delivery.message);
    else if (subscription.protocol.startsWith("http")) await postQuestion(sns, delivery);
    else tellQuestion(sns, delivery);
    if (delivery.kind === "Notification") sns.metrics.add(subscription.topicArn, "NumberOfNotificationsDelivered");
    return undefined;
  } catch (error) {
    const retryAfterMs = isPermanent(error) ? undefined : retryDelay(sns, subscription, attempts + 1);
    if (retryAfterMs !== undefined) {
      if (attempts === 0) tellRetry(sns, subscription, error);
      return { retryAfterMs };
    }
    await giveUp(sns, delivery, subscription, error);
    return undefined;
  }
}

function findByArn(sns: Sns, arn: string): SubscriptionRecord | undefined {
  const [, , , region, , ...resource] = arn.split(":");
  return sns.subscriptions.get(`${region}/${resource.join(":")}`);
}

/** What the endpoint's owner must mend: trying again would not help (AWS calls it a client-side error). */
function isPermanent(error: unknown): boolean {
  if (error instanceof DeliveryFailure) return error.isPermanent;
  if (isAwsError(error, "NotImplemented")) return true;
  return isAwsError(error) && (error.statusCode ?? 400) < 500 && !isAwsError(error, "TooManyRequestsException");
}

/** Once: the retries of an endpoint that stays away may go on for days. */
function tellRetry(sns: Sns, { arn, endpoint }: SubscriptionRecord, error: unknown): void {
  sns.cloud.log(`sns: ${arn}: ${endpoint} did not get a message and is tried again: ${errorText(error)}`);
}

function retryDelay(sns: Sns, subscription: SubscriptionRecord, attempts: number): number | undefined {
  if (!subscription.protocol.startsWith("http")) return managedRetryMs(attempts);
  const policy = effectiveHttpPolicy(subscription, sns.topics.get(topicKey(subscription)));
  return httpRetryMs(policy.healthyRetryPolicy, attempts);
}

async function giveUp(sns: Sns, delivery: Delivery, subscription: SubscriptionRecord, error: unknown): Promise<void> {
  const why = errorText(error);
  if (delivery.kind === "Notification") sns.metrics.add(subscription.topicArn, "NumberOfNotificationsFailed");
  const redrive = subscription.attributes["RedrivePolicy"];
  if (delivery.kind !== "Notification" || redrive === undefined) {
    sns.cloud.log(`sns: ${subscription.arn}: ${subscription.endpoint} did not get a message: ${why}`);
    return;
  }
  const { deadLetterTargetArn } = JSON.parse(redrive) as { deadLetterTargetArn: string };
  try {
    await buryDeadLetter(sns, deadLetterTargetArn, subscription, delivery.message);
    sns.metrics.add(subscription.topicArn, "NumberOfNotificationsRedrivenToDlq");
  } catch (other) {
    sns.metrics.add(subscription.topicArn, "NumberOfNotificationsFailedToRedriveToDlq");
    sns.cloud.log(`sns: ${subscription.arn}: a message is lost: ${why}; its dead-letter queue: ${String(other)}`);
  }
}
