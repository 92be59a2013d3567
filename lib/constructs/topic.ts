import { Names, Stack, Token } from "aws-cdk-lib";
import { CfnSubscription, type ITopicSubscription, Topic as CdkTopic } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription, SqsSubscription, UrlSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { type Construct, Node } from "constructs";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { renderFilter } from "./filter-policy.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { pickProps, refuseUnknownProps, unknownPropProblems } from "./known-props.ts";
import { addProblems } from "./problems.ts";
import { resourceOf } from "./resource-of.ts";
import {
  SUBSCRIBE_OPTIONS,
  type SubscribeOptions,
  type Subscriber,
  TOPIC_PROPS,
  type TopicProps,
} from "./topic-props.ts";
import { isFifoQueue, subscriptionProblems, topicProblems } from "./topic-rules.ts";

/** An SNS topic, over TLS only, with a dead-letter queue for each of its subscriptions. */
export class Topic extends CdkTopic {
  readonly #isFifo: boolean;
  /** The subscribers, with the queues of what could not be delivered to them. */
  readonly #subscribers = new Map<Subscriber, IQueue | false>();

  constructor(scope: Construct, id: string, props: TopicProps = {}) {
    const { fifo = false } = props;
    const problems = topicProblems(props);
    super(scope, id, {
      enforceSSL: true,
      ...(fifo && { contentBasedDeduplication: true }),
      ...pickProps(problems.length > 0 ? { fifo } : props, TOPIC_PROPS),
    });
    this.#isFifo = fifo;
    refuseUnknownProps(this, props, TOPIC_PROPS);
    addProblems(this, problems);
  }

  /** Delivers messages to a subscriber, and lets the topic do so. */
  subscribe(subscriber: Subscriber, options: SubscribeOptions = {}): this {
    const isSubscribed = this.#subscribers.has(subscriber);
    const name = this.#nameOf(subscriber);
    const problems = [
      ...unknownPropProblems(options, SUBSCRIBE_OPTIONS),
      ...subscriptionProblems({ ...options, subscriber, isFifo: this.#isFifo, isSubscribed }),
    ];
    addProblems(
      this,
      problems.map((problem) => `subscriber ${name}: ${problem}`),
    );
    if (problems.length > 0) return this;
    const deadLetterQueue =
      options.deadLetterQueue ??
      addDeadLetterQueue(this, `${name}DeadLetters`, this.#isFifo && isFifoQueue(subscriber));
    this.#subscribers.set(subscriber, deadLetterQueue);
    if (deadLetterQueue !== false && subscriber instanceof ReleasedFunction) {
      subscriber.keepFailedEvents(deadLetterQueue);
    }
    const subscription = this.addSubscription(subscriptionOf(subscriber, deadLetterQueue, options));
    Object.assign(resourceOf(subscription, CfnSubscription), renderFilter(options));
    return this;
  }

  /** The dead-letter queue of a subscriber, where it has one. */
  deadLetterQueueOf(subscriber: Subscriber): IQueue | undefined {
    return this.#subscribers.get(subscriber) || undefined;
  }

  /** A name that does not depend on other subscribers: the address, or the path within the topic's stack. */
  #nameOf(subscriber: Subscriber): string {
    if (typeof subscriber === "string") return Token.isUnresolved(subscriber) ? "Url" : subscriber;
    const [own, path] = [`${Stack.of(this).node.path}/`, Node.of(subscriber).path];
    return path.startsWith(own) ? path.slice(own.length) : path;
  }
}

function subscriptionOf(subscriber: Subscriber, queue: IQueue | false, options: SubscribeOptions): ITopicSubscription {
  const base = queue === false ? {} : { deadLetterQueue: queue };
  if (typeof subscriber === "string") {
    const own = pickProps(options, ["rawMessageDelivery", "deliveryPolicy", "protocol"]);
    return new UrlSubscription(subscriber, { ...base, ...own });
  }
  if ("queueArn" in subscriber) {
    return new SqsSubscription(subscriber, { ...base, rawMessageDelivery: options.rawMessageDelivery ?? true });
  }
  const subscription = new LambdaSubscription(subscriber, base);
  // Its id would be the topic's plain id among the function's own children, and so the same for topics of one id.
  return { bind: (topic) => ({ ...subscription.bind(topic), subscriberId: Names.nodeUniqueId(topic.node) }) };
}
