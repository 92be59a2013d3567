import { Duration, Lazy } from "aws-cdk-lib";
import type { FilterCriteria } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource, type SqsEventSourceProps } from "aws-cdk-lib/aws-lambda-event-sources";
import { type CfnQueue, type IQueue, Queue as CdkQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { addDeadLetters } from "./dead-letters.ts";
import type { Function } from "./function.ts";
import { addCheck, addProblems } from "./problems.ts";
import { consumeProblems, queueProblems, visibilityProblems } from "./queue-rules.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

/** Properties of a queue and its dead letters. */
export interface QueueProps {
  /**
   * Keeps the order within message groups, and takes each message once.
   * @default false
   */
  readonly fifo?: boolean;
  /** @default - a name of CloudFormation's; one of a FIFO queue ends in `.fifo` */
  readonly queueName?: string;
  /**
   * How long a message that was received is hidden from others. 0 seconds to 12 hours, and no less than its consumers take.
   * @default - six times the longest timeout of its consumers, as AWS advises; 30 seconds without any
   */
  readonly visibilityTimeout?: Duration;
  /**
   * How long new messages are hidden. 0 seconds to 15 minutes.
   * @default Duration.seconds(0)
   */
  readonly delay?: Duration;
  /**
   * How long a message is kept. 1 minute to 14 days.
   * @default Duration.days(4)
   */
  readonly retention?: Duration;
  /**
   * How often a message is received before it becomes a dead letter. 1 to 1,000.
   * @default 5
   */
  readonly maxReceives?: number;
  /**
   * Where messages go that were received too often; false lets them come back until they are too old.
   * @default - a queue of its own that keeps them for 14 days
   */
  readonly deadLetters?: IQueue | false;
  /**
   * FIFO queues: tells a message by its content where the sender names no deduplication id.
   * @default true
   */
  readonly contentBasedDeduplication?: boolean;
}

/** How a function reads a queue. */
export interface ConsumeOptions {
  /**
   * Messages a call: 1 to 10, with a window up to 10,000; FIFO queues up to 10.
   * @default 10
   */
  readonly batchSize?: number;
  /**
   * How long a batch is gathered. Up to 5 minutes; not for FIFO queues.
   * @default - batches are as large as one receive
   */
  readonly window?: Duration;
  /**
   * The function answers `{ batchItemFailures: [{ itemIdentifier }] }`, and only those messages come back.
   * @default true
   */
  readonly partialFailures?: boolean;
  /**
   * How many batches are with the function at once. 2 to 1,000.
   * @default - as many as its concurrency allows
   */
  readonly maxConcurrency?: number;
  /**
   * Only messages that one of the patterns matches are handed over; the others are deleted.
   * @default - all messages
   */
  readonly filters?: readonly Record<string, unknown>[];
}

const ADVISED_TIMES = 6;
const DEFAULT_TIMEOUT = Duration.seconds(3);

/** An SQS queue, encrypted, over TLS only, with dead letters. */
export class Queue extends CdkQueue {
  /** The queue of dead letters that came with this one. */
  readonly deadLetters: IQueue | undefined;
  readonly #consumers: { readonly path: string; readonly timeout: Duration }[] = [];

  constructor(scope: Construct, id: string, props: QueueProps = {}) {
    const { fifo = false, maxReceives = 5 } = props;
    const problems = queueProblems(props);
    const given = problems.length > 0 ? { fifo, deadLetters: false as const } : props;
    const deadLetters = given.deadLetters ?? addDeadLetters(scope, `${id}DeadLetters`, fifo);
    super(scope, id, {
      queueName: given.queueName,
      deliveryDelay: given.delay,
      retentionPeriod: given.retention,
      enforceSSL: true,
      removalPolicy: dataRemovalPolicy(scope),
      ...(fifo && { fifo, contentBasedDeduplication: given.contentBasedDeduplication ?? true }),
      ...(deadLetters !== false && { deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxReceives } }),
    });
    addProblems(this, problems);
    this.deadLetters = deadLetters === false ? undefined : deadLetters;
    const seconds = () => this.#visibilitySeconds(given.visibilityTimeout);
    (this.node.defaultChild as CfnQueue).visibilityTimeout = Lazy.number({ produce: seconds });
    addCheck(this, () => visibilityProblems(seconds(), this.#consumers));
  }

  /** Lets a function read the queue, through its alias. Answers the mapping: its ARN and id. */
  consume(fn: Function, options: ConsumeOptions = {}): SqsEventSource {
    const problems = consumeProblems(options, this.fifo);
    addProblems(this, problems);
    const source = new SqsEventSource(this, sourceProps(problems.length > 0 ? {} : options));
    fn.addEventSource(source);
    this.#consumers.push({ path: fn.node.path, timeout: fn.lambda.timeout ?? DEFAULT_TIMEOUT });
    return source;
  }

  #visibilitySeconds(given: Duration | undefined): number | undefined {
    if (given !== undefined) return given.toSeconds();
    const longest = Math.max(0, ...this.#consumers.map(({ timeout }) => timeout.toSeconds()));
    return longest === 0 ? undefined : Math.min(43_200, longest * ADVISED_TIMES);
  }
}

function sourceProps(options: ConsumeOptions): SqsEventSourceProps {
  const { batchSize = 10, window, partialFailures = true, maxConcurrency, filters = [] } = options;
  return {
    batchSize,
    maxBatchingWindow: window,
    reportBatchItemFailures: partialFailures,
    maxConcurrency,
    ...(filters.length > 0 && { filters: filters.map((pattern) => toFilter(pattern)) }),
  };
}

/** As `FilterCriteria.filter` writes it, for a pattern that is written out. */
function toFilter(pattern: Record<string, unknown>): ReturnType<typeof FilterCriteria.filter> {
  return { pattern: JSON.stringify(pattern) };
}
