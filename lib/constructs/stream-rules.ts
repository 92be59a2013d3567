import type { Duration } from "aws-cdk-lib";
import { tryFindPatternProblem } from "../util/event-pattern/event-pattern.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";
import type { StreamConsumeOptions } from "./stream-consumer.ts";
import type { StreamProps } from "./stream.ts";

const NAME = /^[\w.-]{1,128}$/;

/** Limits: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const STREAM_RULES: readonly Rule<StreamProps>[] = [
  {
    when: ({ shards = 1 }) => shards !== "on-demand" && !isWhole(shards, 1, 10_000),
    message: ({ shards }) => `shards: got ${shards}; allowed are whole numbers from 1 to 10,000, and "on-demand"`,
  },
  {
    when: ({ retention }) => retention !== undefined && !isWhole(hoursOf(retention), 24, 8_760),
    message: ({ retention }) =>
      `retention: got ${hoursOf(retention!)} hours; allowed are whole hours, 1 day to 365 days`,
  },
  {
    when: ({ streamName: name }) => isWritten(name) && !NAME.test(name),
    message: ({ streamName }) => `streamName: got '${streamName}'; allowed are 1 to 128 of A-Z a-z 0-9 - _ .`,
  },
];

/** What is wrong with a stream by itself. */
export function streamProblems(props: StreamProps): string[] {
  return brokenRules(props, STREAM_RULES);
}

interface CheckedConsumer extends StreamConsumeOptions {
  /** Whether the function reads the stream already. */
  readonly isReading: boolean;
}

/** Limits: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const CONSUME_RULES: readonly Rule<CheckedConsumer>[] = [
  {
    when: ({ isReading }) => isReading,
    message: () => "consume: it reads this stream already, and Lambda lets it read it once; put both filters into one",
  },
  whole("batchSize", 1, 10_000),
  whole("parallelization", 1, 10),
  whole("retries", 0, 10_000),
  seconds("window", 0, 300, "up to 5 minutes"),
  seconds("tumblingWindow", 1, 900, "1 second to 15 minutes"),
  seconds("maxAge", 60, 604_800, "1 minute to 7 days"),
];

/** What is wrong with how a function reads a stream. */
export function streamConsumeProblems(consumer: CheckedConsumer): string[] {
  const unfit = (consumer.filters ?? []).flatMap((pattern, index) => {
    const problem = tryFindPatternProblem(pattern);
    return problem === undefined ? [] : [`filters[${index}]: ${problem}`];
  });
  return [...brokenRules(consumer, CONSUME_RULES), ...unfit];
}

function whole(name: "batchSize" | "parallelization" | "retries", least: number, most: number): Rule<CheckedConsumer> {
  return {
    when: (options) => options[name] !== undefined && !isWhole(options[name], least, most),
    message: (options) =>
      `${name}: got ${options[name]}; allowed are whole numbers from ${least} to ${most.toLocaleString("en")}`,
  };
}

function seconds(
  name: "window" | "tumblingWindow" | "maxAge",
  least: number,
  most: number,
  allowed: string,
): Rule<CheckedConsumer> {
  const value = (options: CheckedConsumer) => options[name]?.toSeconds({ integral: false });
  return {
    when: (options) => value(options) !== undefined && !isWhole(value(options)!, least, most),
    message: (options) => `${name}: got ${value(options)} seconds; allowed are whole seconds, ${allowed}`,
  };
}

function hoursOf(duration: Duration): number {
  return duration.toHours({ integral: false });
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
