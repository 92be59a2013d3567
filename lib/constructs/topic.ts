import { Names, Stack, Token } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { type CfnSubscription, type ITopicSubscription, Topic as CdkTopic } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription, SqsSubscription, UrlSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { type Construct, Node } from "constructs";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { addProblems } from "./problems.ts";
import { isFifoQueue, subscriptionProblems, topicProblems } from "./topic-rules.ts";

/** Properties of a topic. */
export interface TopicProps {
  /**
   * Keeps the order within message groups, for FIFO queues alone.
   * @default false
   */
  readonly fifo?: boolean;
  /** @default - a name of CloudFormation's; one of a FIFO topic ends in `.fifo` */
  readonly topicName?: string;
  /**
   * What mails and text messages say the sender is. Up to 100 characters.
   * @default - none
   */
  readonly displayName?: string;
  /**
   * FIFO topics: tells a message by its content where the sender names no deduplication id.
   * @default true
   */
  readonly contentBasedDeduplication?: boolean;
}

/** How a subscriber hears of messages. */
export interface SubscribeOptions {
  /**
   * Only messages that match, as SNS writes filter policies: `{ kind: ["order"], total: [{ numeric: [">", 100] }] }`.
   * @default - all messages
   */
  readonly filter?: Readonly<Record<string, unknown>>;
  /**
   * What the filter looks at: the attributes of a message, or its body, which is JSON then.
   * @default "attributes"
   */
  readonly filterOn?: "attributes" | "body";
  /**
   * Queues and web addresses get the message as it was published, without SNS's envelope.
   * @default true for queues, false for web addresses
   */
  readonly raw?: boolean;
  /**
   * Where messages go that the subscriber did not take, and those that a function of ours failed for; false drops them.
   * @default - a queue of the subscription's own that keeps them for 14 days
   */
  readonly deadLetters?: IQueue | false;
}

/** Who may hear of a topic: a function (of ours: its alias), a queue, or an address that begins with https:// or http://. */
export type Subscriber = IFunction | IQueue | string;

/** An SNS topic, over TLS only, with dead letters for each of its subscriptions. */
export class Topic extends CdkTopic {
  readonly #isFifo: boolean;
  /** Who hears of the messages, with the queues of those they did not take. */
  readonly #subscribers = new Map<Subscriber, IQueue | false>();

  constructor(scope: Construct, id: string, props: TopicProps = {}) {
    const { fifo = false } = props;
    const problems = topicProblems(props);
    const given = problems.length > 0 ? { fifo } : props;
    super(scope, id, {
      topicName: given.topicName,
      displayName: given.displayName,
      enforceSSL: true,
      ...(fifo && { fifo, contentBasedDeduplication: given.contentBasedDeduplication ?? true }),
    });
    this.#isFifo = fifo;
    addProblems(this, problems);
  }

  /** Lets a subscriber hear of the messages, and lets the topic in there. */
  subscribe(subscriber: Subscriber, options: SubscribeOptions = {}): this {
    const isSubscribed = this.#subscribers.has(subscriber);
    const problems = subscriptionProblems({ ...options, subscriber, isFifo: this.#isFifo, isSubscribed });
    const name = this.#nameOf(subscriber);
    addProblems(
      this,
      problems.map((problem) => `subscriber ${name}: ${problem}`),
    );
    if (problems.length > 0) return this;
    const deadLetters =
      options.deadLetters ?? addDeadLetterQueue(this, `${name}DeadLetters`, this.#isFifo && isFifoQueue(subscriber));
    this.#subscribers.set(subscriber, deadLetters);
    if (deadLetters !== false && subscriber instanceof ReleasedFunction) subscriber.keepFailedEvents(deadLetters);
    const subscription = this.addSubscription(subscriptionOf(subscriber, deadLetters, options.raw));
    setFilter(subscription.node.defaultChild as CfnSubscription, options);
    return this;
  }

  /** The queue of messages that a subscriber did not take, where there is one. */
  deadLettersOf(subscriber: Subscriber): IQueue | undefined {
    return this.#subscribers.get(subscriber) || undefined;
  }

  /** The same whatever else subscribes: the address, or the path within the topic's stack. */
  #nameOf(subscriber: Subscriber): string {
    if (typeof subscriber === "string") return Token.isUnresolved(subscriber) ? "Url" : subscriber;
    const [own, path] = [`${Stack.of(this).node.path}/`, Node.of(subscriber).path];
    return path.startsWith(own) ? path.slice(own.length) : path;
  }
}

/**
 * There is always a scope: CloudFormation cannot take one back with its filter. Without a filter it is the one that
 * suits whatever filter went before.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
 */
function setFilter(resource: CfnSubscription, { filter, filterOn = "attributes" }: SubscribeOptions): void {
  if (filter !== undefined) resource.filterPolicy = filter;
  resource.filterPolicyScope = filter === undefined || filterOn === "body" ? "MessageBody" : "MessageAttributes";
}

function subscriptionOf(
  subscriber: Subscriber,
  deadLetters: IQueue | false,
  raw: boolean | undefined,
): ITopicSubscription {
  const base = deadLetters === false ? {} : { deadLetterQueue: deadLetters };
  if (typeof subscriber === "string") {
    return new UrlSubscription(subscriber, { ...base, ...(raw !== undefined && { rawMessageDelivery: raw }) });
  }
  if ("queueArn" in subscriber) return new SqsSubscription(subscriber, { ...base, rawMessageDelivery: raw ?? true });
  const subscription = new LambdaSubscription(subscriber, base);
  // It would have the topic's plain id among the function's own parts, and that of a topic elsewhere too.
  return { bind: (topic) => ({ ...subscription.bind(topic), subscriberId: Names.nodeUniqueId(topic.node) }) };
}
