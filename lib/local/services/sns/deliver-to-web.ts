import { DeliveryFailure } from "../../delivery/failure.ts";
import { effectiveHttpPolicy } from "./delivery-policy.ts";
import { textFor, wrap, wrapQuestion } from "./envelope.ts";
import type { Delivery, PublishedMessage, SubscriptionRecord } from "./records.ts";
import { type Sns, topicKey } from "./context.ts";
import { percentDecode } from "../../../util/percent-decode.ts";

/** How long an endpoint may take, in the machine's time. */
const TIMEOUT_MS = 15_000;

/** Posts a message to a subscription's web address. */
export async function postMessage(
  sns: Sns,
  subscription: SubscriptionRecord,
  message: PublishedMessage,
): Promise<void> {
  const isRaw = subscription.attributes["RawMessageDelivery"] === "true";
  const { requestPolicy } = effectiveHttpPolicy(subscription, sns.topics.get(topicKey(subscription)));
  const body = isRaw
    ? textFor(message, subscription.protocol)
    : JSON.stringify(await wrap(sns, subscription, message), null, 2);
  await post(sns, subscription.endpoint, body, {
    "content-type": requestPolicy.headerContentType,
    "x-amz-sns-message-type": "Notification",
    "x-amz-sns-message-id": message.id,
    "x-amz-sns-topic-arn": message.topicArn,
    "x-amz-sns-subscription-arn": subscription.arn,
    ...(isRaw && { "x-amz-sns-rawdelivery": "true" }),
  });
}

/** Requests confirmation, or reports that the subscription has ended. */
export async function postQuestion(sns: Sns, delivery: Exclude<Delivery, { kind: "Notification" }>): Promise<void> {
  const { kind, subscription, messageId } = delivery;
  await post(sns, subscription.endpoint, JSON.stringify(await wrapQuestion(sns, delivery), null, 2), {
    "content-type": "text/plain; charset=UTF-8",
    "x-amz-sns-message-type": kind,
    "x-amz-sns-message-id": messageId,
    "x-amz-sns-topic-arn": subscription.topicArn,
    ...(kind === "UnsubscribeConfirmation" && { "x-amz-sns-subscription-arn": subscription.arn }),
  });
}

async function post(sns: Sns, endpoint: string, body: string, headers: Record<string, string>): Promise<void> {
  const url = new URL(endpoint);
  const authorization = basicAuthorization(url);
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { ...headers, ...authorization, "user-agent": "Amazon Simple Notification Service Agent" },
    redirect: "manual",
    signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), sns.stopping.signal]),
  }).catch((error: unknown) => {
    throw new DeliveryFailure("ConnectionFailure", `${url.host} could not be reached: ${reasonOf(error)}`, "retryable");
  });
  await response.body?.cancel();
  if (response.ok) return;
  // Those below 500 are the endpoint's own fault and are not tried again, but for "too many requests".
  const isPermanent = response.status < 500 && response.status !== 429;
  const kind = isPermanent ? "final" : "retryable";
  throw new DeliveryFailure("EndpointFailure", `${url.host} answered ${response.status}`, kind);
}

/** `https://name:password@host` means basic authentication; fetch takes no such URLs. */
function basicAuthorization(url: URL): { authorization?: string } {
  if (url.username === "" && url.password === "") return {};
  const credentials = [url.username, url.password].map((text) => percentDecode(text) ?? text).join(":");
  url.username = "";
  url.password = "";
  return { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
