import type { RequestContext } from "../../service.ts";
import { parseAttributeJson } from "./attribute-json.ts";
import { AttributeProblem, oneOf, readWithin } from "./attribute-problem.ts";
import { effectiveHttpPolicy, readDeliveryPolicy } from "./delivery-policy.ts";
import { readFilterPolicy } from "./filter-policy.ts";
import type { Protocol, SubscriptionRecord, TopicRecord } from "./records.ts";
import { requireSubscription, saveSubscription, type Input, type Output, type Sns, topicKey } from "./context.ts";
import { invalidParameter } from "./errors.ts";

interface Where {
  readonly isFifoTopic: boolean;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** `MessageAttributes` or `MessageBody`, as it will be. */
  readonly scope: string;
}

type Reader = (value: string, where: Where) => string | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["RawMessageDelivery", readRaw],
  ["FilterPolicy", (value, { scope }) => readFilterPolicy(value, scope)],
  ["FilterPolicyScope", readScope],
  ["RedrivePolicy", readRedrivePolicy],
  ["DeliveryPolicy", (value) => readDeliveryPolicy(value, "subscription")],
]);

/** A new subscription's attributes as they are kept. */
export function readSubscriptionAttributes(
  topic: TopicRecord,
  { protocol, endpoint }: Pick<SubscriptionRecord, "protocol" | "endpoint">,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const scope = given["FilterPolicyScope"] ?? "MessageAttributes";
  const where = { isFifoTopic: topic.isFifo, protocol, endpoint, scope };
  const read: Record<string, string> = {};
  for (const [name, text] of Object.entries(given)) {
    const reader = READERS.get(name);
    if (reader === undefined) throw invalidParameter(`Attributes Reason: Unknown attribute ${name}`);
    const value = readWithin("Attributes Reason: ", () => reader(text, where));
    if (value !== undefined) read[name] = value;
  }
  return read;
}

/** Sets one attribute: filter policy, raw delivery, redrive policy and the like. */
export function setSubscriptionAttributes(
  sns: Sns,
  input: Input<"SetSubscriptionAttributes">,
  context: RequestContext,
): object {
  const subscription = requireSubscription(sns, context, input.SubscriptionArn);
  const name = input.AttributeName ?? "";
  const reader = READERS.get(name);
  if (reader === undefined) throw invalidParameter("AttributeName");
  const where = {
    isFifoTopic: subscription.topicArn.endsWith(".fifo"),
    protocol: subscription.protocol,
    endpoint: subscription.endpoint,
    scope: subscription.attributes["FilterPolicyScope"] ?? "MessageAttributes",
  };
  const value = readWithin("", () => reader(input.AttributeValue ?? "", where));
  const { [name]: _before, ...others } = subscription.attributes;
  saveSubscription(sns, { ...subscription, attributes: value === undefined ? others : { ...others, [name]: value } });
  return {};
}

/** Returns all attributes of a subscription. */
export function getSubscriptionAttributes(
  sns: Sns,
  input: Input<"GetSubscriptionAttributes">,
  context: RequestContext,
): Output<"GetSubscriptionAttributes"> {
  const subscription = requireSubscription(sns, context, input.SubscriptionArn);
  const { FilterPolicyScope, ...attributes } = subscription.attributes;
  const isFiltered = attributes["FilterPolicy"] !== undefined;
  return {
    Attributes: {
      Owner: context.account,
      RawMessageDelivery: "false",
      TopicArn: subscription.topicArn,
      Endpoint: subscription.endpoint,
      Protocol: subscription.protocol,
      PendingConfirmation: String(subscription.isPending),
      ConfirmationWasAuthenticated: String(subscription.wasAuthenticated),
      SubscriptionPrincipal: `arn:aws:iam::${context.account}:root`,
      SubscriptionArn: subscription.arn,
      ...(isFiltered && { FilterPolicyScope: FilterPolicyScope ?? "MessageAttributes" }),
      ...webPolicy(sns, subscription),
      ...attributes,
    },
  };
}

function webPolicy(sns: Sns, subscription: SubscriptionRecord): Record<string, string> {
  if (!subscription.protocol.startsWith("http")) return {};
  const policy = effectiveHttpPolicy(subscription, sns.topics.get(topicKey(subscription)));
  return { EffectiveDeliveryPolicy: JSON.stringify(policy) };
}

/** However it is spelled. */
function readRaw(value: string): string {
  const spelled = value.toLowerCase();
  return spelled === "true" || spelled === "false" ? spelled : oneOf("RawMessageDelivery", value, ["true", "false"]);
}

/** It cannot be taken back: AWS calls what is not there null. */
function readScope(value: string): string {
  if (value === "MessageBody" || value === "MessageAttributes") return value;
  throw new AttributeProblem(
    `FilterPolicyScope: Invalid value [${value || "null"}]. Please use either MessageBody or MessageAttributes`,
  );
}

function readRedrivePolicy(text: string, { isFifoTopic, endpoint }: Where): string | undefined {
  if (text === "" || text === "{}") return undefined;
  const policy = parseAttributeJson("RedrivePolicy", text) as { readonly deadLetterTargetArn?: unknown } | null;
  const unknown = Object.keys(policy ?? {}).find((name) => name !== "deadLetterTargetArn");
  if (unknown !== undefined) {
    throw new AttributeProblem(`RedrivePolicy: invalid JSON. Attribute ${unknown} is unknown.`);
  }
  const arn = policy?.deadLetterTargetArn;
  if (typeof arn !== "string" || !/^arn:[\w-]+:sqs:[\w-]+:\d{12}:.+$/.test(arn)) {
    throw new AttributeProblem("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  }
  if (isFifoTopic && endpoint.endsWith(".fifo") && !arn.endsWith(".fifo")) {
    throw new AttributeProblem("RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.");
  }
  return text;
}
