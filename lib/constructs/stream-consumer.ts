import type { Duration } from "aws-cdk-lib";
import { StartingPosition } from "aws-cdk-lib/aws-lambda";
import {
  S3OnFailureDestination,
  SnsDlq,
  SqsDlq,
  type StreamEventSourceProps,
} from "aws-cdk-lib/aws-lambda-event-sources";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import type { Function } from "./function.ts";
import { addProblems } from "./problems.ts";
import { streamConsumeProblems } from "./stream-rules.ts";

/** Who is told of records that were given up: where they lie in the stream, and to a bucket the records too. */
export type StreamFailures = IQueue | ITopic | IBucket;

/** How a function reads a stream, or a table's. */
export interface StreamConsumeOptions {
  /**
   * Records a call: 1 to 10,000.
   * @default 100
   */
  readonly batchSize?: number;
  /**
   * How long a batch is gathered. Whole seconds up to 5 minutes.
   * @default - a call has what there is
   */
  readonly window?: Duration;
  /**
   * Where reading begins: with the oldest record that is kept, or with those that come from now on.
   * @default "oldest"
   */
  readonly startingPosition?: "oldest" | "latest";
  /**
   * How many batches of a shard are with the function at once; records of one key stay in order. 1 to 10.
   * @default 1
   */
  readonly parallelization?: number;
  /**
   * Halves a batch that the function failed for, until the bad record stands alone.
   * @default true
   */
  readonly bisect?: boolean;
  /**
   * How often a batch is tried again. 0 to 10,000. A batch holds up its shard until it is through or given up.
   * @default 5
   */
  readonly retries?: number;
  /**
   * Records that are older are given up. 1 minute to 7 days.
   * @default - as old as the stream keeps them
   */
  readonly maxAge?: Duration;
  /**
   * Who is told of records that were given up; false drops them.
   * @default - a queue of its own that keeps what it is told for 14 days
   */
  readonly failures?: StreamFailures | false;
  /**
   * Windows in which the function aggregates: it gets `state` and answers `{ state }`, and a last call for each window
   * has `isFinalInvokeForWindow`. Whole seconds up to 15 minutes.
   * @default - none
   */
  readonly tumblingWindow?: Duration;
  /**
   * Only records that one of the patterns matches are handed over.
   * @default - all records
   */
  readonly filters?: readonly Record<string, unknown>[];
  /**
   * The function answers `{ batchItemFailures: [{ itemIdentifier }] }`, and only what comes from the first of them on
   * is tried again.
   * @default true
   */
  readonly partialFailures?: boolean;
}

/** The functions that read a stream, each once. */
export class StreamConsumers {
  readonly #scope: Construct;
  readonly #failures = new Map<Function, StreamFailures | undefined>();

  constructor(scope: Construct) {
    this.#scope = scope;
  }

  /** Checks the options and makes the properties of an event source of them; undefined where something is wrong. */
  add(fn: Function, options: StreamConsumeOptions): StreamEventSourceProps | undefined {
    const problems = streamConsumeProblems({ ...options, isReading: this.#failures.has(fn) });
    addProblems(
      this.#scope,
      problems.map((problem) => `consumer ${fn.node.path}: ${problem}`),
    );
    if (problems.length > 0) return undefined;
    const given = options.failures ?? addDeadLetterQueue(this.#scope, `${fn.node.id}Failures`);
    const failures = given === false ? undefined : given;
    this.#failures.set(fn, failures);
    return sourceProps(options, failures);
  }

  /** Who is told of records that were given up for this function. */
  failuresOf(fn: Function): StreamFailures | undefined {
    return this.#failures.get(fn);
  }
}

function sourceProps(options: StreamConsumeOptions, failures: StreamFailures | undefined): StreamEventSourceProps {
  const { startingPosition = "oldest", filters = [] } = options;
  return {
    startingPosition: startingPosition === "latest" ? StartingPosition.LATEST : StartingPosition.TRIM_HORIZON,
    batchSize: options.batchSize ?? 100,
    maxBatchingWindow: options.window,
    parallelizationFactor: options.parallelization,
    bisectBatchOnError: options.bisect ?? true,
    retryAttempts: options.retries ?? 5,
    maxRecordAge: options.maxAge,
    tumblingWindow: options.tumblingWindow,
    reportBatchItemFailures: options.partialFailures ?? true,
    ...(failures !== undefined && { onFailure: destinationOf(failures) }),
    ...(filters.length > 0 && { filters: filters.map((pattern) => ({ pattern: JSON.stringify(pattern) })) }),
  };
}

function destinationOf(failures: StreamFailures) {
  if ("queueArn" in failures) return new SqsDlq(failures);
  if ("topicArn" in failures) return new SnsDlq(failures);
  return new S3OnFailureDestination(failures);
}
