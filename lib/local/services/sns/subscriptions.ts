import { randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { validateEndpoint } from "./endpoint-rules.ts";
import type { Protocol, SubscriptionRecord, TopicRecord } from "./records.ts";
import { findSubscription, isUnsigned, requireTopic, saveSubscription, saveTopic, topicKey } from "./context.ts";
import { subscriptionKey, subscriptionsOf, type Input, type Output, type Sns } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { readSubscriptionAttributes } from "./subscription-attributes.ts";

/** Endpoints whose owner must confirm first. Endpoints of the own account need no confirmation. */
const ASKED: ReadonlySet<Protocol> = new Set(["http", "https", "email", "email-json"]);
const TOKEN_BYTES = 144;

/** Subscribes an endpoint. Queues and functions of the account are confirmed at once. */
export function subscribe(sns: Sns, input: Input<"Subscribe">, context: RequestContext): Output<"Subscribe"> {
  const topic = requireTopic(sns, context, input.TopicArn);
  const endpoint = input.Endpoint ?? "";
  const protocol = validateEndpoint(topic, input.Protocol ?? "", endpoint);
  const attributes = readSubscriptionAttributes(topic, { protocol, endpoint }, input.Attributes ?? {});
  const there = subscriptionsOf(sns, topic).find((each) => each.protocol === protocol && each.endpoint === endpoint);
  if (there !== undefined) refuseDifference(there, attributes);
  const subscription = there ?? make(sns, topic, protocol, endpoint, attributes);
  if (subscription.isPending) ask(sns, subscription);
  const isShown = !subscription.isPending || input.ReturnSubscriptionArn === true;
  return { SubscriptionArn: isShown ? subscription.arn : "pending confirmation" };
}

/** A subscription's default attributes: to request a default explicitly is not a difference. */
const DEFAULT_ATTRIBUTES: Readonly<Record<string, string>> = {
  RawMessageDelivery: "false",
  FilterPolicyScope: "MessageAttributes",
};

function refuseDifference(there: SubscriptionRecord, attributes: Readonly<Record<string, string>>): void {
  const known = { ...DEFAULT_ATTRIBUTES, ...there.attributes };
  const differs = Object.entries(attributes).some(([name, value]) => known[name] !== value);
  if (differs) throw invalidParameter("Attributes Reason: Subscription already exists with different attributes");
}

function make(
  sns: Sns,
  topic: TopicRecord,
  protocol: Protocol,
  endpoint: string,
  attributes: Readonly<Record<string, string>>,
): SubscriptionRecord {
  const isPending = ASKED.has(protocol);
  const subscription: SubscriptionRecord = {
    arn: `${topic.arn}:${randomUUID()}`,
    region: topic.region,
    topicArn: topic.arn,
    protocol,
    endpoint,
    isPending,
    token: randomBytes(TOKEN_BYTES).toString("hex"),
    wasAuthenticated: !isPending,
    attributes,
  };
  saveSubscription(sns, subscription);
  return subscription;
}

/** Requests confirmation from the endpoint's owner, at each Subscribe call. */
function ask(sns: Sns, subscription: SubscriptionRecord): void {
  const sentMs = sns.cloud.clock.now();
  sns.outbox.add({ kind: "SubscriptionConfirmation", subscription, messageId: randomUUID(), sentMs });
}

/** Ends a subscription; one that is not there has ended already. */
export function unsubscribe(sns: Sns, input: Input<"Unsubscribe">, context: RequestContext): object {
  const subscription = findSubscription(sns, context, input.SubscriptionArn);
  if (subscription === undefined) return {};
  if (subscription.mustAuthenticateUnsubscribe && isUnsigned(context)) {
    throw new AwsError("AuthorizationErrorException", "The subscription can only be ended by a signed request.");
  }
  sns.cloud.store.transaction(() => {
    sns.subscriptions.delete(subscriptionKey(subscription));
    const topic = sns.topics.get(topicKey(subscription));
    if (topic !== undefined) saveTopic(sns, { ...topic, deletedSubscriptions: topic.deletedSubscriptions + 1 });
    if (!ASKED.has(subscription.protocol) || subscription.isPending) return;
    const sentMs = sns.cloud.clock.now();
    sns.outbox.add({ kind: "UnsubscribeConfirmation", subscription, messageId: randomUUID(), sentMs });
  });
  return {};
}
