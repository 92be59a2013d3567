import { type IEventSourceDlq, StartingPosition } from "aws-cdk-lib/aws-lambda";
import {
  type KinesisEventSourceProps,
  S3OnFailureDestination,
  SnsDlq,
  SqsDlq,
} from "aws-cdk-lib/aws-lambda-event-sources";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { toEventSourceFilters } from "./event-filters.ts";
import type { Function } from "./function.ts";
import { refusePlainDurations, requireConstruct } from "./given-props.ts";
import { pickProps, unknownPropProblems } from "./known-props.ts";
import { addProblems } from "./problems.ts";
import {
  SHARED_STREAM_CONSUME_OPTIONS,
  STREAM_CONSUME_OPTIONS,
  type StreamConsumeOptions,
  type StreamFailureDestination,
} from "./stream-consume-options.ts";
import { streamConsumeProblems } from "./stream-rules.ts";

/** The functions that consume a stream, each once. */
export class StreamConsumers {
  readonly #scope: Construct;
  readonly #kind: "stream" | "table";
  readonly #onFailure = new Map<Function, StreamFailureDestination | undefined>();

  constructor(scope: Construct, kind: "stream" | "table") {
    this.#scope = scope;
    this.#kind = kind;
  }

  /** Checks the options and makes the properties of an event source of them; undefined where something is wrong. */
  add(fn: Function, options: StreamConsumeOptions): KinesisEventSourceProps | undefined {
    requireConstruct(this.#scope.node.path, fn, "consume", "a Function");
    refusePlainDurations(this.#scope.node.path, options, "consume.");
    const isConsuming = this.#onFailure.has(fn);
    const problems = [
      ...unknownPropProblems(options, STREAM_CONSUME_OPTIONS),
      ...streamConsumeProblems({ ...options, isConsuming, isTable: this.#kind === "table" }),
    ];
    addProblems(
      this.#scope,
      problems.map((problem) => `consumer ${fn.node.path}: ${problem}`),
    );
    if (problems.length > 0) return undefined;
    const given = options.onFailure ?? addDeadLetterQueue(this.#scope, `${fn.node.id}Failures`);
    const onFailure = given === false ? undefined : given;
    this.#onFailure.set(fn, onFailure);
    return sourceProps(options, onFailure);
  }

  /** The queue that receives a consumer's discarded batches; undefined where something else or nothing does. */
  deadLetterQueueOf(fn: Function): IQueue | undefined {
    const onFailure = this.#onFailure.get(fn);
    return onFailure !== undefined && "queueArn" in onFailure ? onFailure : undefined;
  }
}

function sourceProps(
  options: StreamConsumeOptions,
  onFailure: StreamFailureDestination | undefined,
): KinesisEventSourceProps {
  return {
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    bisectBatchOnError: true,
    retryAttempts: 5,
    reportBatchItemFailures: true,
    ...pickProps(options, SHARED_STREAM_CONSUME_OPTIONS),
    ...(onFailure !== undefined && { onFailure: destinationOf(onFailure) }),
    ...toEventSourceFilters(options.filters),
  };
}

function destinationOf(target: StreamFailureDestination): IEventSourceDlq {
  if ("queueArn" in target) return new SqsDlq(target);
  if ("topicArn" in target) return new SnsDlq(target);
  if ("bucketArn" in target) return new S3OnFailureDestination(target);
  return target;
}
