import { type Duration, Token } from "aws-cdk-lib";
import { eventFilterProblems } from "./event-filters.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";
import type { ConsumeOptions, QueueProps } from "./queue-props.ts";

const MAX_RECEIVE_COUNT = 1_000;

/** Limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const QUEUE_RULES: readonly Rule<QueueProps>[] = [
  seconds("visibilityTimeout", 0, 43_200, "0 seconds to 12 hours"),
  seconds("deliveryDelay", 0, 900, "0 seconds to 15 minutes"),
  seconds("retentionPeriod", 60, 1_209_600, "1 minute to 14 days"),
  seconds("receiveMessageWaitTime", 0, 20, "0 to 20 seconds"),
  {
    when: ({ maxMessageSizeBytes: size }) => isKnown(size) && !isWhole(size, 1_024, 1_048_576),
    message: ({ maxMessageSizeBytes }) =>
      `maxMessageSizeBytes: got ${maxMessageSizeBytes}; allowed are whole numbers from 1,024 to 1,048,576`,
  },
  {
    when: (props) => isKnown(receiveCount(props)) && !isWhole(receiveCount(props), 1, MAX_RECEIVE_COUNT),
    message: (props) =>
      `deadLetterQueue.maxReceiveCount: got ${receiveCount(props)}; allowed are whole numbers from 1 to 1,000`,
  },
  fifoOnly("contentBasedDeduplication"),
  fifoOnly("deduplicationScope"),
  fifoOnly("fifoThroughputLimit"),
  {
    when: ({ fifo = false, queueName }) => isWritten(queueName) && queueName.endsWith(".fifo") !== fifo,
    message: ({ queueName }) => `queueName: got '${queueName}'; names of FIFO queues, and only those, end in .fifo`,
  },
];

/** The problems of a queue alone. */
export function queueProblems(props: QueueProps): string[] {
  return brokenRules(props, QUEUE_RULES);
}

interface Consuming extends ConsumeOptions {
  readonly fifo: boolean;
}

/** Limits: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const CONSUME_RULES: readonly Rule<Consuming>[] = [
  {
    when: ({ batchSize }) => isKnown(batchSize) && !isWhole(batchSize, 1, 10_000),
    message: ({ batchSize }) => `batchSize: got ${batchSize}; allowed are whole numbers from 1 to 10,000`,
  },
  {
    when: ({ fifo, batchSize }) => fifo && isKnown(batchSize) && batchSize > 10,
    message: ({ batchSize }) => `batchSize: got ${batchSize}; allowed are up to 10 for a FIFO queue`,
  },
  {
    when: ({ fifo, batchSize, maxBatchingWindow }) =>
      !fifo && isKnown(batchSize) && batchSize > 10 && (secondsOf(maxBatchingWindow) ?? 0) < 1,
    message: ({ batchSize }) =>
      `batchSize: got ${batchSize}; more than 10 messages need a maxBatchingWindow of a second or more`,
  },
  {
    when: ({ fifo, maxBatchingWindow }) => fifo && maxBatchingWindow !== undefined,
    message: () => "maxBatchingWindow: FIFO queues have no batching window; leave it out",
  },
  {
    when: ({ maxBatchingWindow }) => (secondsOf(maxBatchingWindow) ?? 0) > 300,
    message: ({ maxBatchingWindow }) =>
      `maxBatchingWindow: got ${secondsOf(maxBatchingWindow)} seconds; allowed are up to 300`,
  },
  {
    when: ({ maxConcurrency }) => isKnown(maxConcurrency) && !isWhole(maxConcurrency, 2, 1_000),
    message: ({ maxConcurrency }) => `maxConcurrency: got ${maxConcurrency}; allowed are whole numbers from 2 to 1,000`,
  },
];

/** What is wrong with how a function consumes a queue. */
export function consumeProblems(options: ConsumeOptions, fifo: boolean): string[] {
  return [...brokenRules({ ...options, fifo }, CONSUME_RULES), ...eventFilterProblems(options.filters)];
}

/** A function that consumes a queue. */
export interface QueueConsumer {
  readonly path: string;
  readonly timeout: Duration;
}

/** Lambda refuses an event source mapping whose messages reappear while the function may still process them. */
export function visibilityProblems(
  visibilitySeconds: number | undefined,
  consumers: readonly QueueConsumer[],
): string[] {
  return consumers
    .filter(({ timeout }) => (visibilitySeconds ?? 30) < timeout.toSeconds())
    .map(
      ({ path, timeout }) =>
        `visibilityTimeout: got ${visibilitySeconds ?? 30} seconds; ${path} has a timeout of ${timeout.toSeconds()}. Give at least that; AWS advises six times as much`,
    );
}

function seconds(
  name: "deliveryDelay" | "receiveMessageWaitTime" | "retentionPeriod" | "visibilityTimeout",
  least: number,
  most: number,
  allowed: string,
): Rule<QueueProps> {
  return {
    when: (props) => {
      const given = secondsOf(props[name]);
      return given !== undefined && !isWhole(given, least, most);
    },
    message: (props) => `${name}: got ${secondsOf(props[name])} seconds; allowed are whole seconds, ${allowed}`,
  };
}

function fifoOnly(name: "contentBasedDeduplication" | "deduplicationScope" | "fifoThroughputLimit"): Rule<QueueProps> {
  return {
    when: (props) => props.fifo !== true && props[name] !== undefined,
    message: () => `${name}: only FIFO queues have it; set fifo: true, or leave it out`,
  };
}

function receiveCount({ deadLetterQueue }: QueueProps): number | undefined {
  return deadLetterQueue === false ? undefined : deadLetterQueue?.maxReceiveCount;
}

/** Undefined for what only CloudFormation knows. */
function secondsOf(duration: Duration | undefined): number | undefined {
  return duration === undefined || duration.isUnresolved() ? undefined : duration.toSeconds({ integral: false });
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined && !Token.isUnresolved(value);
}

function isWhole(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}
