import { Duration, Lazy } from "aws-cdk-lib";
import { SqsEventSource, type SqsEventSourceProps } from "aws-cdk-lib/aws-lambda-event-sources";
import {
  CfnQueue,
  type DeadLetterQueue,
  Queue as CdkQueue,
  type QueueProps as CdkQueueProps,
} from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { toEventSourceFilters } from "./event-filters.ts";
import type { Function } from "./function.ts";
import { givenProps, refusePlainDurations, requireConstruct } from "./given-props.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { addCheck, addProblems } from "./problems.ts";
import {
  CONSUME_OPTIONS,
  type ConsumeOptions,
  QUEUE_PROPS,
  type QueueProps,
  SHARED_CONSUME_OPTIONS,
  SHARED_QUEUE_PROPS,
} from "./queue-props.ts";
import { consumeProblems, type QueueConsumer, queueProblems, visibilityProblems } from "./queue-rules.ts";
import { resourceOf } from "./resource-of.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

/** AWS advises a visibility timeout of this many times the function's timeout. */
const ADVISED_TIMES = 6;
const MAX_VISIBILITY_SECONDS = 43_200;
/** Lambda's own. */
const DEFAULT_TIMEOUT = Duration.seconds(3);
const DEFAULT_RECEIVES = 5;

/** An SQS queue, encrypted, over TLS only, with a dead-letter queue. */
export class Queue extends CdkQueue {
  /** Where messages go that were received too often; undefined where the queue keeps them. */
  override readonly deadLetterQueue?: DeadLetterQueue;
  readonly #consumers: QueueConsumer[] = [];
  readonly #eventSources = new Map<Function, SqsEventSource>();

  constructor(scope: Construct, id: string, props: QueueProps = {}) {
    const problems = queueProblems(givenProps(scope, id, props));
    const given: QueueProps = problems.length > 0 ? { fifo: props.fifo, deadLetterQueue: false } : props;
    super(scope, id, cdkProps(scope, given));
    refuseUnknownProps(this, props, QUEUE_PROPS);
    addProblems(this, problems);
    const resource = resourceOf(this, CfnQueue);
    this.deadLetterQueue = this.#deadLetterQueue(given);
    // The queue of its own is a child, which needs this construct to be there.
    resource.redrivePolicy = this.deadLetterQueue && {
      deadLetterTargetArn: this.deadLetterQueue.queue.queueArn,
      maxReceiveCount: this.deadLetterQueue.maxReceiveCount,
    };
    const seconds = () => this.#visibilitySeconds(given.visibilityTimeout);
    resource.visibilityTimeout = Lazy.number({ produce: seconds });
    addCheck(this, () => visibilityProblems(seconds(), this.#consumers));
  }

  /** Lets a function consume the queue, through its alias. */
  consume(fn: Function, options: ConsumeOptions = {}): this {
    requireConstruct(this.node.path, fn, "consume", "a Function");
    refusePlainDurations(this.node.path, options, "consume.");
    const problems = consumeProblems(options, this.fifo);
    refuseUnknownProps(this, options, CONSUME_OPTIONS, "consume");
    addProblems(this, problems);
    const source = new SqsEventSource(this, sourceProps(problems.length > 0 ? {} : options));
    fn.addEventSource(source);
    this.#eventSources.set(fn, source);
    this.#consumers.push({ path: fn.node.path, timeout: fn.lambda.timeout ?? DEFAULT_TIMEOUT });
    return this;
  }

  /** The event source mapping of a function that consumes the queue: its ARN and id. */
  eventSourceOf(fn: Function): SqsEventSource | undefined {
    return this.#eventSources.get(fn);
  }

  #deadLetterQueue({ deadLetterQueue = {}, fifo }: QueueProps): DeadLetterQueue | undefined {
    if (deadLetterQueue === false) return undefined;
    const { queue, maxReceiveCount = DEFAULT_RECEIVES } = deadLetterQueue;
    return { queue: queue ?? addDeadLetterQueue(this, "DeadLetters", fifo), maxReceiveCount };
  }

  #visibilitySeconds(given: Duration | undefined): number | undefined {
    if (given !== undefined) return given.toSeconds();
    const longest = Math.max(0, ...this.#consumers.map(({ timeout }) => timeout.toSeconds()));
    return longest === 0 ? undefined : Math.min(MAX_VISIBILITY_SECONDS, longest * ADVISED_TIMES);
  }
}

function cdkProps(scope: Construct, props: QueueProps): CdkQueueProps {
  return {
    enforceSSL: true,
    removalPolicy: dataRemovalPolicy(scope),
    ...(props.fifo === true && { contentBasedDeduplication: true }),
    ...pickProps(props, SHARED_QUEUE_PROPS),
  };
}

function sourceProps(options: ConsumeOptions): SqsEventSourceProps {
  return {
    batchSize: 10,
    reportBatchItemFailures: true,
    ...pickProps(options, SHARED_CONSUME_OPTIONS),
    ...toEventSourceFilters(options.filters),
  };
}
