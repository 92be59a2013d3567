import { Token } from "aws-cdk-lib";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { tryFindFilterProblem } from "../util/event-pattern/filter-policy.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";
import type { SubscribeOptions, Subscriber, TopicProps } from "./topic.ts";

/** Limits: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const NAME = /^[\w-]{1,256}$/;
const FIFO_NAME = /^[\w-]{1,251}\.fifo$/;
const MOST_DISPLAY_CHARACTERS = 100;

const TOPIC_RULES: readonly Rule<TopicProps>[] = [
  {
    when: ({ fifo = false, topicName: name }) => isWritten(name) && !(fifo ? FIFO_NAME : NAME).test(name),
    message: ({ fifo = false, topicName }) =>
      fifo
        ? `topicName: got '${topicName}'; allowed are 1 to 256 of A-Z a-z 0-9 - _ with .fifo at the end`
        : `topicName: got '${topicName}'; allowed are 1 to 256 of A-Z a-z 0-9 - _ (names of FIFO topics alone end in .fifo)`,
  },
  {
    when: ({ displayName: name }) => isWritten(name) && name.length > MOST_DISPLAY_CHARACTERS,
    message: ({ displayName }) =>
      `displayName: got ${displayName!.length} characters; ${MOST_DISPLAY_CHARACTERS} are allowed`,
  },
  {
    when: ({ fifo = false, contentBasedDeduplication }) => !fifo && contentBasedDeduplication !== undefined,
    message: () => "contentBasedDeduplication: only FIFO topics tell messages apart; set fifo: true, or leave it out",
  },
];

/** What is wrong with a topic by itself. */
export function topicProblems(props: TopicProps): string[] {
  return brokenRules(props, TOPIC_RULES);
}

interface CheckedSubscription extends SubscribeOptions {
  readonly subscriber: Subscriber;
  /** Whether the topic is one. */
  readonly isFifo: boolean;
  /** Whether it hears of the topic already. */
  readonly isSubscribed: boolean;
}

/** https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html: no functions, no web addresses. */
const SUBSCRIPTION_RULES: readonly Rule<CheckedSubscription>[] = [
  {
    when: ({ isSubscribed }) => isSubscribed,
    message: () =>
      "subscribe: it hears of this topic already, and SNS tells it once; put both filters into one with $or",
  },
  {
    when: ({ subscriber }) =>
      typeof subscriber === "string" && !Token.isUnresolved(subscriber) && !/^https?:\/\/\S+$/.test(subscriber),
    message: ({ subscriber }) =>
      `subscribe: got '${subscriber as string}'; allowed are functions, queues, and addresses that begin with https:// or http://`,
  },
  {
    when: ({ isFifo, subscriber }) => isFifo && !isQueue(subscriber),
    message: () => "subscribe: a FIFO topic tells queues alone; put one before the function",
  },
  {
    when: ({ isFifo, subscriber }) => !isFifo && isFifoQueue(subscriber),
    message: () => "subscribe: a standard topic cannot tell a FIFO queue; set fifo: true, or take a standard queue",
  },
  {
    when: ({ subscriber, deadLetters }) => !!deadLetters && isFifoQueue(subscriber) && !deadLetters.fifo,
    message: () => "deadLetters: those of a FIFO queue are kept by a FIFO queue; give one, or leave it out",
  },
  {
    when: ({ filter, filterOn }) => filter === undefined && filterOn !== undefined,
    message: ({ filterOn }) => `filterOn: got '${filterOn}' and no filter; give one, or leave it out`,
  },
  {
    when: ({ raw, subscriber }) => raw !== undefined && typeof subscriber !== "string" && !isQueue(subscriber),
    message: () => "raw: a function gets SNS's records always; leave it out",
  },
];

/** What is wrong with a subscription. */
export function subscriptionProblems(subscription: CheckedSubscription): string[] {
  const { filter, filterOn = "attributes" } = subscription;
  const scope = filterOn === "body" ? "MessageBody" : "MessageAttributes";
  const problem = filter === undefined ? undefined : tryFindFilterProblem(JSON.stringify(filter), scope);
  return [...brokenRules(subscription, SUBSCRIPTION_RULES), ...(problem === undefined ? [] : [`filter: ${problem}`])];
}

/** Whether a subscriber is a queue that keeps the order. */
export function isFifoQueue(subscriber: Subscriber): boolean {
  return isQueue(subscriber) && subscriber.fifo;
}

function isQueue(subscriber: Subscriber): subscriber is IQueue {
  return typeof subscriber !== "string" && "queueArn" in subscriber;
}
