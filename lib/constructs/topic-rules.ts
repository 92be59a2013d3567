import { Token } from "aws-cdk-lib";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { filterProblems } from "./filter-policy.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";
import type { SubscribeOptions, Subscriber, TopicProps } from "./topic-props.ts";

/** Limits: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const NAME = /^[\w-]{1,256}$/;
const FIFO_NAME = /^[\w-]{1,251}\.fifo$/;
const MAX_DISPLAY_CHARACTERS = 100;

const TOPIC_RULES: readonly Rule<TopicProps>[] = [
  {
    when: ({ fifo = false, topicName: name }) => isWritten(name) && !(fifo ? FIFO_NAME : NAME).test(name),
    message: ({ fifo = false, topicName }) =>
      fifo
        ? `topicName: got '${topicName}'; allowed are 1 to 256 of A-Z a-z 0-9 - _ with .fifo at the end`
        : `topicName: got '${topicName}'; allowed are 1 to 256 of A-Z a-z 0-9 - _ (only names of FIFO topics end in .fifo)`,
  },
  {
    when: ({ displayName: name }) => isWritten(name) && name.length > MAX_DISPLAY_CHARACTERS,
    message: ({ displayName = "" }) =>
      `displayName: got ${displayName.length} characters; ${MAX_DISPLAY_CHARACTERS} are allowed`,
  },
  fifoOnly("contentBasedDeduplication"),
  fifoOnly("fifoThroughputScope"),
  fifoOnly("messageRetentionPeriodInDays"),
];

/** The problems of a topic alone. */
export function topicProblems(props: TopicProps): string[] {
  return brokenRules(props, TOPIC_RULES);
}

interface CheckedSubscription extends SubscribeOptions {
  readonly subscriber: Subscriber;
  /** Whether the topic is one. */
  readonly isFifo: boolean;
  /** Whether the subscriber has a subscription already. */
  readonly isSubscribed: boolean;
}

/** https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html: no functions, no web addresses. */
const SUBSCRIPTION_RULES: readonly Rule<CheckedSubscription>[] = [
  {
    when: ({ isSubscribed }) => isSubscribed,
    message: () =>
      "subscribe: it has a subscription to this topic already, and SNS allows one; join both filters with $or",
  },
  {
    when: ({ subscriber }) =>
      typeof subscriber === "string" && !Token.isUnresolved(subscriber) && !/^https?:\/\/\S+$/.test(subscriber),
    message: ({ subscriber }) =>
      `subscribe: got '${typeof subscriber === "string" ? subscriber : subscriber.node.path}'; allowed are functions, queues, and addresses that start with https:// or http://`,
  },
  {
    when: ({ subscriber, protocol }) =>
      typeof subscriber === "string" && Token.isUnresolved(subscriber) && protocol === undefined,
    message: () => "protocol: the address is known only to CloudFormation; give SubscriptionProtocol.HTTPS or HTTP",
  },
  {
    when: ({ isFifo, subscriber }) => isFifo && !isQueue(subscriber),
    message: () => "subscribe: a FIFO topic delivers only to queues; put a queue before the subscriber",
  },
  {
    when: ({ isFifo, subscriber }) => !isFifo && isFifoQueue(subscriber),
    message: () =>
      "subscribe: a standard topic cannot deliver to a FIFO queue; set fifo: true, or use a standard queue",
  },
  {
    when: ({ subscriber, deadLetterQueue }) => !!deadLetterQueue && isFifoQueue(subscriber) && !deadLetterQueue.fifo,
    message: () =>
      "deadLetterQueue: got a standard queue; a FIFO queue's subscription needs a FIFO queue. Give one, or leave it out",
  },
  {
    when: ({ filterPolicy, filterPolicyWithMessageBody }) =>
      filterPolicy !== undefined && filterPolicyWithMessageBody !== undefined,
    message: () => "filterPolicy, filterPolicyWithMessageBody: both were given; a subscription has one of them",
  },
  {
    when: ({ rawMessageDelivery, subscriber }) =>
      rawMessageDelivery !== undefined && typeof subscriber !== "string" && !isQueue(subscriber),
    message: () => "rawMessageDelivery: a function always receives SNS's records; leave it out",
  },
  {
    when: ({ deliveryPolicy, protocol, subscriber }) =>
      typeof subscriber !== "string" && (deliveryPolicy !== undefined || protocol !== undefined),
    message: () => "deliveryPolicy, protocol: only web addresses have them; leave them out",
  },
];

/** What is wrong with a subscription. */
export function subscriptionProblems(subscription: CheckedSubscription): string[] {
  return [...brokenRules(subscription, SUBSCRIPTION_RULES), ...filterProblems(subscription)];
}

/** Whether a subscriber is a FIFO queue. */
export function isFifoQueue(subscriber: Subscriber): boolean {
  return isQueue(subscriber) && subscriber.fifo;
}

function isQueue(subscriber: Subscriber): subscriber is IQueue {
  return typeof subscriber !== "string" && "queueArn" in subscriber;
}

function fifoOnly(
  name: "contentBasedDeduplication" | "fifoThroughputScope" | "messageRetentionPeriodInDays",
): Rule<TopicProps> {
  return {
    when: (props) => props.fifo !== true && props[name] !== undefined,
    message: () => `${name}: only FIFO topics have it; set fifo: true, or leave it out`,
  };
}
