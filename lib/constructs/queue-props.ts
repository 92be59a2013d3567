import type { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { SqsEventSourceProps } from "aws-cdk-lib/aws-lambda-event-sources";
import type { DeadLetterQueue, QueueProps as CdkQueueProps } from "aws-cdk-lib/aws-sqs";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props that `Queue` of aws-cdk-lib has, with the same meaning. */
export const SHARED_QUEUE_PROPS = [
  "contentBasedDeduplication",
  "dataKeyReuse",
  "deduplicationScope",
  "deliveryDelay",
  "encryption",
  "encryptionMasterKey",
  "enforceSSL",
  "fifo",
  "fifoThroughputLimit",
  "maxMessageSizeBytes",
  "queueName",
  "receiveMessageWaitTime",
  "redriveAllowPolicy",
  "removalPolicy",
  "retentionPeriod",
  "visibilityTimeout",
] as const satisfies readonly (keyof CdkQueueProps)[];

type SharedQueueProps = SharedProps<CdkQueueProps, typeof SHARED_QUEUE_PROPS>;

/** Properties of a queue and its dead-letter queue. What is not described here is as in aws-cdk-lib's `Queue`. */
export interface QueueProps extends SharedQueueProps {
  /**
   * How long a received message is hidden from other receivers. 0 seconds to 12 hours, and at least the timeout of each
   * function that consumes the queue.
   * @default - six times the longest timeout of its consumers, as AWS advises; 30 seconds without consumers
   */
  readonly visibilityTimeout?: Duration;
  /**
   * Where messages go that were received too often; false leaves them in the queue until they expire. `queue` defaults
   * to a queue of this construct's own that keeps messages for 14 days, `maxReceiveCount` to 5 (1 to 1,000).
   * @default - a queue of its own after 5 receives
   */
  readonly deadLetterQueue?: Partial<DeadLetterQueue> | false;
  /**
   * FIFO queues: identifies a message by its content where the sender gives no deduplication id.
   * @default - true for FIFO queues
   */
  readonly contentBasedDeduplication?: boolean;
  /**
   * Denies requests without TLS.
   * @default true
   */
  readonly enforceSSL?: boolean;
  /**
   * What happens to the queue when it is removed from the stack.
   * @default - retained in a protected stage and where the stage is not known, destroyed otherwise
   */
  readonly removalPolicy?: RemovalPolicy;
}

const OWN_QUEUE_PROPS: PropNames<Omit<QueueProps, keyof SharedQueueProps>> = { deadLetterQueue: true };

/** The names of a queue's props. */
export const QUEUE_PROPS: readonly string[] = [...SHARED_QUEUE_PROPS, ...Object.keys(OWN_QUEUE_PROPS)];

/** Props that `SqsEventSource` of aws-cdk-lib has, with the same meaning. */
export const SHARED_CONSUME_OPTIONS = [
  "batchSize",
  "enabled",
  "filterEncryption",
  "maxBatchingWindow",
  "maxConcurrency",
  "metricsConfig",
  "provisionedPollerConfig",
  "reportBatchItemFailures",
] as const satisfies readonly (keyof SqsEventSourceProps)[];

type SharedConsumeOptions = SharedProps<SqsEventSourceProps, typeof SHARED_CONSUME_OPTIONS>;

/** How a function consumes a queue. What is not described here is as in aws-cdk-lib's `SqsEventSource`. */
export interface ConsumeOptions extends SharedConsumeOptions {
  /**
   * Messages per call: 1 to 10, up to 10,000 with `maxBatchingWindow`; FIFO queues up to 10.
   * @default 10
   */
  readonly batchSize?: number;
  /**
   * The function returns `{ batchItemFailures: [{ itemIdentifier }] }`, and only those messages return to the queue.
   * @default true
   */
  readonly reportBatchItemFailures?: boolean;
  /**
   * Event patterns: `{ body: { kind: ["order"] } }`, or what `FilterCriteria.filter` returns. The function receives
   * messages that match one of them; Lambda deletes the others.
   * @default - all messages
   */
  readonly filters?: readonly Readonly<Record<string, unknown>>[];
}

const OWN_CONSUME_OPTIONS: PropNames<Omit<ConsumeOptions, keyof SharedConsumeOptions>> = { filters: true };

/** The names of the options of `consume`. */
export const CONSUME_OPTIONS: readonly string[] = [...SHARED_CONSUME_OPTIONS, ...Object.keys(OWN_CONSUME_OPTIONS)];
