import type { Duration } from "aws-cdk-lib";
import { tryFindPatternProblem } from "../util/event-pattern/event-pattern.ts";
import { brokenRules, type Rule } from "./problems.ts";
import type { ConsumeOptions, QueueProps } from "./queue.ts";

/** Limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const QUEUE_RULES: readonly Rule<QueueProps>[] = [
  seconds("visibilityTimeout", 0, 43_200, "0 seconds to 12 hours"),
  seconds("delay", 0, 900, "0 seconds to 15 minutes"),
  seconds("retention", 60, 1_209_600, "1 minute to 14 days"),
  {
    when: ({ maxReceives = 1 }) => !Number.isInteger(maxReceives) || maxReceives < 1 || maxReceives > 1_000,
    message: ({ maxReceives }) => `maxReceives: got ${maxReceives}; allowed are whole numbers from 1 to 1,000`,
  },
  {
    when: ({ fifo = false, contentBasedDeduplication }) => !fifo && contentBasedDeduplication !== undefined,
    message: () => "contentBasedDeduplication: only FIFO queues tell messages apart; set fifo: true, or leave it out",
  },
  {
    when: ({ fifo = false, queueName = "" }) => queueName !== "" && queueName.endsWith(".fifo") !== fifo,
    message: ({ queueName }) => `queueName: got '${queueName}'; names of FIFO queues, and only those, end in .fifo`,
  },
];

/** What is wrong with a queue by itself. */
export function queueProblems(props: QueueProps): string[] {
  return brokenRules(props, QUEUE_RULES);
}

interface Consuming extends ConsumeOptions {
  readonly fifo: boolean;
}

/** Limits: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const CONSUME_RULES: readonly Rule<Consuming>[] = [
  {
    when: ({ batchSize = 10 }) => !Number.isInteger(batchSize) || batchSize < 1 || batchSize > 10_000,
    message: ({ batchSize }) => `batchSize: got ${batchSize}; allowed are whole numbers from 1 to 10,000`,
  },
  {
    when: ({ fifo, batchSize = 10 }) => fifo && batchSize > 10,
    message: ({ batchSize }) => `batchSize: got ${batchSize}; a FIFO queue hands over 10 messages at most`,
  },
  {
    when: ({ fifo, batchSize = 10, window }) => !fifo && batchSize > 10 && (window?.toSeconds() ?? 0) < 1,
    message: ({ batchSize }) =>
      `batchSize: ${batchSize} messages are more than one receive brings; give a window of a second or more, or at most 10`,
  },
  {
    when: ({ fifo, window }) => fifo && window !== undefined,
    message: () => "window: a FIFO queue's batches are not gathered; leave it out",
  },
  {
    when: ({ window }) => (window?.toSeconds() ?? 0) > 300,
    message: ({ window }) => `window: got ${window!.toSeconds()} seconds; allowed are up to 300`,
  },
  {
    when: ({ maxConcurrency: most }) => most !== undefined && (!Number.isInteger(most) || most < 2 || most > 1_000),
    message: ({ maxConcurrency }) => `maxConcurrency: got ${maxConcurrency}; allowed are whole numbers from 2 to 1,000`,
  },
];

/** What is wrong with how a function reads a queue. */
export function consumeProblems(options: ConsumeOptions, fifo: boolean): string[] {
  const unfit = (options.filters ?? []).flatMap((pattern, index) => {
    const problem = tryFindPatternProblem(pattern);
    return problem === undefined ? [] : [`filters[${index}]: ${problem}`];
  });
  return [...brokenRules({ ...options, fifo }, CONSUME_RULES), ...unfit];
}

/** AWS refuses a mapping whose messages come back while the function still works on them. */
export function visibilityProblems(
  visibilitySeconds: number | undefined,
  consumers: readonly { readonly path: string; readonly timeout: Duration }[],
): string[] {
  return consumers
    .filter(({ timeout }) => (visibilitySeconds ?? 30) < timeout.toSeconds())
    .map(
      ({ path, timeout }) =>
        `visibilityTimeout: ${visibilitySeconds ?? 30} seconds are less than the ${timeout.toSeconds()} that ${path} may take; give that or more, six times as much is advised`,
    );
}

function seconds(
  name: "visibilityTimeout" | "delay" | "retention",
  least: number,
  most: number,
  allowed: string,
): Rule<QueueProps> {
  const value = (props: QueueProps) => props[name]?.toSeconds({ integral: false });
  return {
    when: (props) => {
      const given = value(props);
      return given !== undefined && (!Number.isInteger(given) || given < least || given > most);
    },
    message: (props) => `${name}: got ${value(props)} seconds; allowed are whole seconds, ${allowed}`,
  };
}
