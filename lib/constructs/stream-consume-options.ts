import type { Duration } from "aws-cdk-lib";
import type { IEventSourceDlq, StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { KinesisEventSourceProps } from "aws-cdk-lib/aws-lambda-event-sources";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props that the event sources of streams in aws-cdk-lib have, with the same meaning. */
export const SHARED_STREAM_CONSUME_OPTIONS = [
  "batchSize",
  "bisectBatchOnError",
  "enabled",
  "filterEncryption",
  "maxBatchingWindow",
  "maxRecordAge",
  "metricsConfig",
  "parallelizationFactor",
  "reportBatchItemFailures",
  "retryAttempts",
  "startingPosition",
  "startingPositionTimestamp",
  "tumblingWindow",
] as const satisfies readonly (keyof KinesisEventSourceProps)[];

type SharedOptions = SharedProps<Partial<KinesisEventSourceProps>, typeof SHARED_STREAM_CONSUME_OPTIONS>;

/** What receives the failures of a consumer: the place of the records in the stream, and in a bucket the records too. */
export type StreamFailureDestination = IQueue | ITopic | IBucket | IEventSourceDlq;

/**
 * How a function consumes a stream, or a table's. What is not described here is as in aws-cdk-lib's
 * `KinesisEventSource` and `DynamoEventSource`.
 */
export interface StreamConsumeOptions extends SharedOptions {
  /**
   * Records per call: 1 to 10,000.
   * @default 100
   */
  readonly batchSize?: number;
  /**
   * How long a batch is gathered. Whole seconds up to 5 minutes.
   * @default - a call has the records that are there
   */
  readonly maxBatchingWindow?: Duration;
  /**
   * Where reading starts: with the oldest record that is kept, with new records, or for a Kinesis stream with those since
   * `startingPositionTimestamp`.
   * @default StartingPosition.TRIM_HORIZON
   */
  readonly startingPosition?: StartingPosition;
  /**
   * Batches of a shard that are processed at once; records with the same key stay in order. 1 to 10.
   * @default 1
   */
  readonly parallelizationFactor?: number;
  /**
   * Halves a batch that the function failed for, until the record that fails is alone.
   * @default true
   */
  readonly bisectBatchOnError?: boolean;
  /**
   * How often a batch is retried. 0 to 10,000. A batch blocks its shard until it succeeds or is discarded.
   * @default 5
   */
  readonly retryAttempts?: number;
  /**
   * Records that are older are discarded. 1 minute to 7 days.
   * @default - as old as the stream keeps them
   */
  readonly maxRecordAge?: Duration;
  /**
   * What receives discarded batches; false for nothing.
   * @default - a dead-letter queue of the consumer's own that keeps messages for 14 days
   */
  readonly onFailure?: StreamFailureDestination | false;
  /**
   * Windows over which the function aggregates: it receives `state` and returns `{ state }`, and the last call of each
   * window has `isFinalInvokeForWindow`. Whole seconds up to 15 minutes.
   * @default - none
   */
  readonly tumblingWindow?: Duration;
  /**
   * Event patterns: `{ data: { kind: ["reading"] } }`, or what `FilterCriteria.filter` returns. The function receives
   * records that match one of them.
   * @default - all records
   */
  readonly filters?: readonly Readonly<Record<string, unknown>>[];
  /**
   * The function returns `{ batchItemFailures: [{ itemIdentifier }] }`, and the batch is retried from the first of them.
   * @default true
   */
  readonly reportBatchItemFailures?: boolean;
}

const OWN_OPTIONS: PropNames<Omit<StreamConsumeOptions, keyof SharedOptions>> = { filters: true, onFailure: true };

/** The names of the options of `consume` of streams and tables. */
export const STREAM_CONSUME_OPTIONS: readonly string[] = [
  ...SHARED_STREAM_CONSUME_OPTIONS,
  ...Object.keys(OWN_OPTIONS),
];
