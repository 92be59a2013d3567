import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { CurrentResource, PhysicalResource, Properties, ResourceContext } from "./resource-type.ts";
import { putLike } from "./put-like.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { sameValue, tolerate } from "./tolerate.ts";

/** Properties of a topic that are attributes of the same name. */
const ATTRIBUTES = [
  "DisplayName",
  "KmsMasterKeyId",
  "SignatureVersion",
  "TracingConfig",
  "ContentBasedDeduplication",
  "FifoThroughputScope",
];
/** What an attribute is where the template does not say. */
const DEFAULTS = new Map([
  ["SignatureVersion", "1"],
  ["TracingConfig", "PassThrough"],
  ["ContentBasedDeduplication", "false"],
  ["FifoThroughputScope", "Topic"],
]);
const LONGEST_NAME = 256;

/** AWS::SNS::Topic */
export const snsTopic = resource("AWS::SNS::Topic", {
  tagging: {
    set: (current, tags, context) =>
      context.call("sns", "TagResource", { ResourceArn: current.physicalId, Tags: [...tags] }),
    remove: (current, TagKeys, context) =>
      context.call("sns", "UntagResource", { ResourceArn: current.physicalId, TagKeys }),
  },
  async create(desired, context) {
    const isFifo = desired.FifoTopic === true;
    const Name = desired.TopicName ?? generatedName(isFifo, context);
    await refuseTaken(Name, context);
    const { TopicArn } = await context.call("sns", "CreateTopic", {
      Name,
      Attributes: { ...readAttributes(desired), ...(isFifo && { FifoTopic: "true" }) },
      Tags: context.tags(desired.Tags),
    });
    await subscribeAll(TopicArn!, desired, context);
    return { physicalId: TopicArn!, attributes: { TopicArn, TopicName: Name } };
  },
  async update(desired, current, context) {
    const TopicArn = current.physicalId;
    const [before, after] = [readAttributes(current.properties), readAttributes(desired)];
    for (const AttributeName of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (before[AttributeName] === after[AttributeName]) continue;
      const AttributeValue = after[AttributeName] ?? DEFAULTS.get(AttributeName) ?? "";
      await context.call("sns", "SetTopicAttributes", { TopicArn, AttributeName, AttributeValue });
    }
    await subscribeAll(TopicArn, desired, context);
    await unsubscribeDropped(TopicArn, desired, current, context);
    return current;
  },
  async delete(current, context) {
    await context.call("sns", "DeleteTopic", { TopicArn: current.physicalId });
  },
});

function generatedName(isFifo: boolean, context: ResourceContext): string {
  return isFifo
    ? `${context.name({ maxLength: LONGEST_NAME - ".fifo".length })}.fifo`
    : context.name({ maxLength: LONGEST_NAME });
}

/** SNS makes a topic that is there already; CloudFormation does not take it for its own. */
async function refuseTaken(name: string, context: ResourceContext): Promise<void> {
  if (context.resumed) return;
  const TopicArn = `arn:aws:sns:${context.region}:${context.account}:${name}`;
  const found = await tolerate(context.call("sns", "GetTopicAttributes", { TopicArn }), "NotFoundException");
  if (found === undefined) return;
  throw new AwsError(
    "AlreadyExists",
    `Resource of type 'AWS::SNS::Topic' with identifier '${TopicArn}' already exists.`,
  );
}

function readAttributes(properties: Properties): Record<string, string> {
  refuseNotCarried(properties, ["ArchivePolicy", "DataProtectionPolicy", "MaximumMessageSize"]);
  const { DeliveryStatusLogging: logging = [] } = properties;
  const named = ATTRIBUTES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries([
    ...named.map((name) => [name, String(properties[name])]),
    ...(logging as StatusLogging[]).flatMap(readLogging),
  ]) as Record<string, string>;
}

function refuseNotCarried(properties: Properties, names: readonly string[]): void {
  const used = names.find((name) => properties[name] !== undefined);
  if (used === undefined) return;
  throw new AwsError("NotImplemented", `The local cloud does not support ${used} of SNS. Leave it out.`);
}

interface StatusLogging {
  readonly Protocol: string;
  readonly SuccessFeedbackRoleArn?: string;
  readonly SuccessFeedbackSampleRate?: string;
  readonly FailureFeedbackRoleArn?: string;
}

/** `SuccessFeedbackRoleArn` for `http/s` is the attribute `HTTPSuccessFeedbackRoleArn`. */
function readLogging({ Protocol, ...settings }: StatusLogging): [string, string][] {
  const names = new Map([
    ["http/s", "HTTP"],
    ["sqs", "SQS"],
    ["lambda", "Lambda"],
    ["firehose", "Firehose"],
    ["application", "Application"],
  ]);
  return Object.entries(settings).map(([name, value]) => [`${names.get(Protocol) ?? Protocol}${name}`, value]);
}

interface InlineSubscription {
  readonly Endpoint: string;
  readonly Protocol: string;
}

async function subscribeAll(
  TopicArn: string,
  desired: PropertiesOf<"AWS::SNS::Topic">,
  context: ResourceContext,
): Promise<void> {
  for (const { Endpoint, Protocol } of inline(desired))
    await context.call("sns", "Subscribe", { TopicArn, Endpoint, Protocol });
}

async function unsubscribeDropped(
  TopicArn: string,
  desired: PropertiesOf<"AWS::SNS::Topic">,
  current: CurrentResource,
  context: ResourceContext,
): Promise<void> {
  const wanted = inline(desired);
  for (const each of inline(current.properties)) {
    if (wanted.some((other) => sameValue(each, other))) continue;
    const SubscriptionArn = await findSubscription(TopicArn, each, context);
    if (SubscriptionArn !== undefined) await context.call("sns", "Unsubscribe", { SubscriptionArn });
  }
}

async function findSubscription(
  TopicArn: string,
  wanted: InlineSubscription,
  context: ResourceContext,
): Promise<string | undefined> {
  let NextToken: string | undefined;
  do {
    const page = await context.call("sns", "ListSubscriptionsByTopic", { TopicArn, NextToken });
    const found = page.Subscriptions?.find(
      ({ Protocol, Endpoint }) => Protocol === wanted.Protocol && Endpoint === wanted.Endpoint,
    );
    // An unconfirmed subscription has no ARN to end it by, on AWS too.
    if (found !== undefined) return found.SubscriptionArn === "PendingConfirmation" ? undefined : found.SubscriptionArn;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

function inline(properties: PropertiesOf<"AWS::SNS::Topic">): readonly InlineSubscription[] {
  return properties.Subscription ?? [];
}

/** AWS::SNS::Subscription */
export const snsSubscription = resource("AWS::SNS::Subscription", {
  async create(desired, context) {
    const { SubscriptionArn } = await context.call(
      "sns",
      "Subscribe",
      {
        TopicArn: desired.TopicArn,
        Protocol: desired.Protocol,
        Endpoint: desired.Endpoint,
        Attributes: subscriptionAttributes(desired),
        ReturnSubscriptionArn: true,
      },
      desired.Region,
    );
    return subscription(SubscriptionArn!);
  },
  async update(desired, current, context) {
    const [before, after] = [subscriptionAttributes(current.properties), subscriptionAttributes(desired)];
    for (const AttributeName of changedAttributes(before, after)) {
      const AttributeValue = after[AttributeName] ?? (AttributeName === "RawMessageDelivery" ? "false" : "");
      const input = { SubscriptionArn: current.physicalId, AttributeName, AttributeValue };
      await context.call("sns", "SetSubscriptionAttributes", input, desired.Region);
    }
    return subscription(current.physicalId);
  },
  async delete(current, context) {
    const input = { SubscriptionArn: current.physicalId };
    await tolerate(context.call("sns", "Unsubscribe", input, current.properties.Region), "NotFoundException");
  },
});

/** The scope goes first: it decides how the filter is read. */
function changedAttributes(before: Record<string, string>, after: Record<string, string>): string[] {
  const names = new Set(["FilterPolicyScope", ...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]);
}

function subscriptionAttributes(properties: Properties): Record<string, string> {
  refuseNotCarried(properties, ["ReplayPolicy", "SubscriptionRoleArn"]);
  const texts = ["RawMessageDelivery", "FilterPolicyScope"].map((name) => [name, properties[name]] as const);
  const documents = ["FilterPolicy", "RedrivePolicy", "DeliveryPolicy"].map((name) => {
    const value = properties[name];
    return [name, typeof value === "object" ? JSON.stringify(value) : value] as const;
  });
  const given = [...texts, ...documents].filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function subscription(arn: string): PhysicalResource {
  return { physicalId: arn, attributes: { Arn: arn } };
}

/** AWS::SNS::TopicPolicy: one policy for several topics. */
export const snsTopicPolicy = resource("AWS::SNS::TopicPolicy", {
  async create(desired, context) {
    for (const TopicArn of topicsOf(desired)) await putPolicy(TopicArn, desired, context);
    const physicalId = context.name();
    return { physicalId, attributes: { Id: physicalId } };
  },
  async update(desired, current, context) {
    const topics = topicsOf(desired);
    for (const TopicArn of topics) await putPolicy(TopicArn, desired, context);
    for (const TopicArn of topicsOf(current.properties))
      if (!topics.includes(TopicArn)) await dropPolicy(TopicArn, context);
    return current;
  },
  async delete(current, context) {
    for (const TopicArn of topicsOf(current.properties)) await dropPolicy(TopicArn, context);
  },
});

function topicsOf({ Topics }: Properties): readonly string[] {
  return Topics as string[];
}

/** AWS::SNS::TopicInlinePolicy: the policy of one topic. */
export const snsTopicInlinePolicy = putLike("AWS::SNS::TopicInlinePolicy", {
  name: ({ TopicArn }) => TopicArn,
  put: putPolicy,
  remove: dropPolicy,
});

async function putPolicy(TopicArn: string, { PolicyDocument }: Properties, context: ResourceContext): Promise<void> {
  const AttributeValue = typeof PolicyDocument === "string" ? PolicyDocument : JSON.stringify(PolicyDocument);
  await context.call("sns", "SetTopicAttributes", { TopicArn, AttributeName: "Policy", AttributeValue });
}

/** Brings the topic's default policy back. */
async function dropPolicy(TopicArn: string, context: ResourceContext): Promise<void> {
  const input = { TopicArn, AttributeName: "Policy", AttributeValue: "" };
  await context.call("sns", "SetTopicAttributes", input).catch((error: unknown) => {
    if (!isAwsError(error, "NotFoundException")) throw error;
  });
}
