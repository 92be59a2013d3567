import { type Duration, Token } from "aws-cdk-lib";
import { StreamEncryption, StreamMode } from "aws-cdk-lib/aws-kinesis";
import { StartingPosition } from "aws-cdk-lib/aws-lambda";
import { eventFilterProblems } from "./event-filters.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";
import type { StreamConsumeOptions } from "./stream-consume-options.ts";
import type { StreamProps } from "./stream-props.ts";

const NAME = /^[\w.-]{1,128}$/;
const { AT_TIMESTAMP } = StartingPosition;

/** Limits: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const STREAM_RULES: readonly Rule<StreamProps>[] = [
  {
    when: ({ shardCount }) => isKnown(shardCount) && !isWhole(shardCount, 1, 10_000),
    message: ({ shardCount }) => `shardCount: got ${shardCount}; allowed are whole numbers from 1 to 10,000`,
  },
  {
    when: ({ shardCount, streamMode }) => shardCount !== undefined && streamMode === StreamMode.ON_DEMAND,
    message: () => "shardCount: a stream with on-demand capacity has none; leave it out, or leave out streamMode",
  },
  {
    when: ({ retentionPeriod }) => isKnown(hoursOf(retentionPeriod)) && !isWhole(hoursOf(retentionPeriod), 24, 8_760),
    message: ({ retentionPeriod }) =>
      `retentionPeriod: got ${hoursOf(retentionPeriod)} hours; allowed are whole hours, 1 day to 365 days`,
  },
  {
    when: ({ encryption, encryptionKey }) =>
      encryptionKey !== undefined && encryption !== undefined && encryption !== StreamEncryption.KMS,
    message: ({ encryption }) => `encryptionKey: an encryption of ${encryption} uses none; leave one of them out`,
  },
  {
    when: ({ streamName: name }) => isWritten(name) && !NAME.test(name),
    message: ({ streamName }) => `streamName: got '${streamName}'; allowed are 1 to 128 of A-Z a-z 0-9 - _ .`,
  },
];

/** The problems of a stream alone. */
export function streamProblems(props: StreamProps): string[] {
  return brokenRules(props, STREAM_RULES);
}

interface CheckedConsumer extends StreamConsumeOptions {
  /** Whether the function consumes the stream already. */
  readonly isConsuming: boolean;
  /** Whether the stream is a table's. */
  readonly isTable: boolean;
}

/** Limits: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const CONSUME_RULES: readonly Rule<CheckedConsumer>[] = [
  {
    when: ({ isConsuming }) => isConsuming,
    message: () =>
      "consume: the function consumes this stream already, and Lambda allows one event source mapping per stream and function; put both filters into one",
  },
  whole("batchSize", 1, 10_000),
  whole("parallelizationFactor", 1, 10),
  whole("retryAttempts", 0, 10_000),
  seconds("maxBatchingWindow", 0, 300, "up to 5 minutes"),
  seconds("tumblingWindow", 1, 900, "1 second to 15 minutes"),
  seconds("maxRecordAge", 60, 604_800, "1 minute to 7 days"),
  {
    when: ({ startingPosition, startingPositionTimestamp }) =>
      (startingPosition === AT_TIMESTAMP) !== (startingPositionTimestamp !== undefined),
    message: () => `startingPositionTimestamp: ${AT_TIMESTAMP} has one, and no other startingPosition does`,
  },
  {
    when: ({ isTable, startingPosition }) => isTable && startingPosition === AT_TIMESTAMP,
    message: () => `startingPosition: a table's stream has no ${AT_TIMESTAMP}; take TRIM_HORIZON or LATEST`,
  },
];

/** What is wrong with how a function consumes a stream. */
export function streamConsumeProblems(consumer: CheckedConsumer): string[] {
  return [...brokenRules(consumer, CONSUME_RULES), ...eventFilterProblems(consumer.filters)];
}

function whole(
  name: "batchSize" | "parallelizationFactor" | "retryAttempts",
  least: number,
  most: number,
): Rule<CheckedConsumer> {
  return {
    when: (options) => isKnown(options[name]) && !isWhole(options[name], least, most),
    message: (options) =>
      `${name}: got ${options[name]}; allowed are whole numbers from ${least} to ${most.toLocaleString("en")}`,
  };
}

function seconds(
  name: "maxBatchingWindow" | "maxRecordAge" | "tumblingWindow",
  least: number,
  most: number,
  allowed: string,
): Rule<CheckedConsumer> {
  const value = (options: CheckedConsumer) => secondsOf(options[name]);
  return {
    when: (options) => isKnown(value(options)) && !isWhole(value(options), least, most),
    message: (options) => `${name}: got ${value(options)} seconds; allowed are whole seconds, ${allowed}`,
  };
}

function hoursOf(duration: Duration | undefined): number | undefined {
  return duration?.isUnresolved() === true ? undefined : duration?.toHours({ integral: false });
}

function secondsOf(duration: Duration | undefined): number | undefined {
  return duration?.isUnresolved() === true ? undefined : duration?.toSeconds({ integral: false });
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined && !Token.isUnresolved(value);
}

function isWhole(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}
