import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { TopicProps as CdkTopicProps } from "aws-cdk-lib/aws-sns";
import type { UrlSubscriptionProps } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props that `Topic` of aws-cdk-lib has, with the same meaning. */
export const TOPIC_PROPS = [
  "contentBasedDeduplication",
  "displayName",
  "enforceSSL",
  "fifo",
  "fifoThroughputScope",
  "loggingConfigs",
  "masterKey",
  "messageRetentionPeriodInDays",
  "signatureVersion",
  "topicName",
  "tracingConfig",
] as const satisfies readonly (keyof CdkTopicProps)[];

/** Properties of a topic. What is not described here is as in aws-cdk-lib's `Topic`. */
export interface TopicProps extends SharedProps<CdkTopicProps, typeof TOPIC_PROPS> {
  /**
   * FIFO topics: identifies a message by its content where the sender gives no deduplication id.
   * @default - true for FIFO topics
   */
  readonly contentBasedDeduplication?: boolean;
  /**
   * Denies publishing without TLS.
   * @default true
   */
  readonly enforceSSL?: boolean;
}

/** What a topic delivers to: a function (of ours: its alias), a queue, or an address that starts with https:// or http://. */
export type Subscriber = IFunction | IQueue | string;

/** How a topic delivers to a subscriber. The names are those of aws-cdk-lib's subscriptions. */
export interface SubscribeOptions extends Pick<UrlSubscriptionProps, "deliveryPolicy" | "protocol"> {
  /**
   * Delivers only messages whose attributes match: `{ kind: ["order"], total: [{ numeric: [">", 100] }] }`, as SNS writes
   * filter policies, or with `SubscriptionFilter` of aws-cdk-lib.
   * @default - all messages
   */
  readonly filterPolicy?: Readonly<Record<string, unknown>>;
  /**
   * Delivers only messages whose bodies, which are JSON then, match: as SNS writes filter policies, or with
   * `FilterOrPolicy` of aws-cdk-lib. Not with `filterPolicy`.
   * @default - all messages
   */
  readonly filterPolicyWithMessageBody?: Readonly<Record<string, unknown>>;
  /**
   * Queues and web addresses receive the message as it was published, without SNS's envelope.
   * @default - true for queues, false for web addresses
   */
  readonly rawMessageDelivery?: boolean;
  /**
   * Where messages go that could not be delivered, and those that a function of ours failed for; false drops them.
   * @default - a queue of the subscription's own that keeps them for 14 days
   */
  readonly deadLetterQueue?: IQueue | false;
}

const NAMES: PropNames<SubscribeOptions> = {
  deadLetterQueue: true,
  deliveryPolicy: true,
  filterPolicy: true,
  filterPolicyWithMessageBody: true,
  protocol: true,
  rawMessageDelivery: true,
};

/** The names of the options of `subscribe`. */
export const SUBSCRIBE_OPTIONS: readonly string[] = Object.keys(NAMES);
