import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf, RequestContext } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Delivery, SubscriptionRecord, TopicRecord } from "./records.ts";
import type { Signer } from "./signer.ts";
import type { TopicMetrics } from "./topic-metrics.ts";
import { invalidParameter, noSubscription, noTopic } from "./errors.ts";

/** The key of a subscription's topic. */
export function topicKey({ topicArn, region }: Pick<SubscriptionRecord, "topicArn" | "region">): string {
  return `${region}/${topicArn.split(":").at(-1)}`;
}

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"sns">> = InputOf<"sns", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"sns">> = OutputOf<"sns", K>;

/** A publication to a FIFO topic: for five minutes, another one with the same id is a duplicate. */
export interface Deduplication {
  readonly messageId: string;
  readonly sequenceNumber: string;
  readonly untilMs: number;
}

/** The state shared by all operations. */
export interface Sns {
  readonly cloud: Cloud;
  readonly topics: Collection<TopicRecord>;
  readonly subscriptions: Collection<SubscriptionRecord>;
  readonly deduplications: Collection<Deduplication>;
  /** The last number given, by topic. */
  readonly sequences: Collection<bigint>;
  /** When the deduplications of each topic were last swept. */
  readonly sweptMs: Map<string, number>;
  readonly signer: Signer;
  readonly metrics: TopicMetrics;
  /** Aborted when the cloud stops: what is under way is retried when it starts. */
  readonly stopping: AbortController;
  readonly outbox: Outbox<Delivery>;
}

/** The topic that an ARN names; AWS's refusal for other text, another region, or an unknown topic. */
export function requireTopic(sns: Sns, context: RequestContext, arn: string | undefined): TopicRecord {
  const { region, resource } = readArn(arn, "TopicArn", context);
  const topic = sns.topics.get(`${region}/${resource}`);
  if (topic === undefined || topic.arn !== arn) throw noTopic();
  return topic;
}

/** Stores a topic. */
export function saveTopic(sns: Sns, topic: TopicRecord): void {
  sns.topics.put(`${topic.region}/${topic.name}`, topic);
}

/** The subscription with an ARN, or AWS's refusal. */
export function requireSubscription(sns: Sns, context: RequestContext, arn: string | undefined): SubscriptionRecord {
  const subscription = findSubscription(sns, context, arn);
  if (subscription === undefined) throw noSubscription();
  return subscription;
}

/** The subscription with an ARN, if it is there. */
export function findSubscription(
  sns: Sns,
  context: RequestContext,
  arn: string | undefined,
): SubscriptionRecord | undefined {
  const { region, resource } = readArn(arn, "SubscriptionArn", context);
  return sns.subscriptions.get(`${region}/${resource}`);
}

/** Stores a subscription. */
export function saveSubscription(sns: Sns, subscription: SubscriptionRecord): void {
  sns.subscriptions.put(subscriptionKey(subscription), subscription);
}

/** `<region>/<topic>:<id>` */
export function subscriptionKey({ arn, region }: Pick<SubscriptionRecord, "arn" | "region">): string {
  return `${region}/${arn.split(":").slice(5).join(":")}`;
}

/** A topic's subscriptions, also those that are not confirmed yet. */
export function subscriptionsOf(sns: Sns, topic: Pick<TopicRecord, "region" | "name">): SubscriptionRecord[] {
  return sns.subscriptions.list(`${topic.region}/${topic.name}:`).map(([, record]) => record);
}

interface ArnParts {
  readonly region: string;
  /** `topic` or `topic:id`. */
  readonly resource: string;
}

/** A link in an e-mail is followed without a signature: there the region comes from the ARN alone. */
function readArn(arn: string | undefined, parameter: string, context: RequestContext): ArnParts {
  if (arn === undefined || arn === "") throw invalidParameter(`${parameter} Reason: no value for required parameter`);
  const parts = arn.split(":");
  if (parts.length < 6) {
    const reason = `An ARN must have at least 6 elements, not ${parts.length}`;
    throw invalidParameter(`${parameter} Reason: ${reason}`);
  }
  const [prefix, , service, region = ""] = parts;
  const isForeign = region !== context.region && !isUnsigned(context);
  if (prefix !== "arn" || service !== "sns" || isForeign) throw invalidParameter(parameter);
  return { region, resource: parts.slice(5).join(":") };
}

/** Whether a call came over the wire without a signature. */
export function isUnsigned({ http, accessKeyId }: RequestContext): boolean {
  return http !== undefined && accessKeyId === undefined;
}
