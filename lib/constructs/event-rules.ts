import type { EventBusProps } from "./event-bus-props.ts";
import { eventPatternProblems } from "./event-pattern-input.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";
import type { RuleProps, RuleTargetOptions } from "./rule-props.ts";

/** Names: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html, API_PutRule.html */
const BUS_NAME = /^[/.\-_A-Za-z0-9]{1,256}$/;
const RULE_NAME = /^[.\-_A-Za-z0-9]{1,64}$/;

const BUS_RULES: readonly Rule<EventBusProps>[] = [
  {
    when: ({ eventBusName: name }) => isWritten(name) && (!BUS_NAME.test(name) || name === "default"),
    message: ({ eventBusName }) =>
      `eventBusName: got '${eventBusName}'; allowed are 1 to 256 of A-Z a-z 0-9 . - _ / but not 'default', which is the account's own bus`,
  },
  {
    when: ({ archive }) => archive?.retention !== undefined && !isWholeDays(archive.retention.toSeconds()),
    message: ({ archive }) =>
      `archive.retention: got ${archive?.retention?.toSeconds()} seconds; allowed are whole days from 1, or leave it out to keep events for ever`,
  },
];

/** What is wrong with a bus. */
export function eventBusProblems(props: EventBusProps): string[] {
  const eventPattern = props.archive?.eventPattern;
  return [
    ...brokenRules(props, BUS_RULES),
    ...(eventPattern === undefined ? [] : eventPatternProblems("archive.eventPattern", eventPattern)),
  ];
}

const RULES: readonly Rule<RuleProps>[] = [
  {
    when: ({ ruleName: name }) => isWritten(name) && !RULE_NAME.test(name),
    message: ({ ruleName }) => `ruleName: got '${ruleName}'; allowed are 1 to 64 of A-Z a-z 0-9 . - _`,
  },
  {
    when: ({ eventPattern }) => eventPattern === undefined,
    message: () => "eventPattern: missing; say which events the rule matches",
  },
  standardDeadLetters(),
];

/** The problems of a rule alone. */
export function ruleProblems(props: RuleProps): string[] {
  const problems = brokenRules(props, RULES);
  return props.eventPattern === undefined
    ? problems
    : [...problems, ...eventPatternProblems("eventPattern", props.eventPattern)];
}

/** What a target is, as far as the options depend on it. */
interface TargetKind {
  readonly isFifo: boolean;
  readonly isBus: boolean;
  readonly isLogGroup: boolean;
  readonly isStream: boolean;
}

/** Limits: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html */
const TARGET_RULES: readonly Rule<RuleTargetOptions & TargetKind>[] = [
  {
    when: ({ retryAttempts = 0 }) => !Number.isInteger(retryAttempts) || retryAttempts < 0 || retryAttempts > 185,
    message: ({ retryAttempts }) => `retryAttempts: got ${retryAttempts}; allowed are whole numbers from 0 to 185`,
  },
  {
    when: ({ maxEventAge }) =>
      maxEventAge !== undefined && (maxEventAge.toSeconds() < 60 || maxEventAge.toSeconds() > 86_400),
    message: ({ maxEventAge }) =>
      `maxEventAge: got ${maxEventAge?.toSeconds()} seconds; allowed are 1 minute to 24 hours`,
  },
  {
    when: ({ isFifo, messageGroupId }) => isFifo !== (messageGroupId !== undefined),
    message: ({ isFifo }) =>
      isFifo
        ? "messageGroupId: missing; a FIFO queue needs one"
        : "messageGroupId: only FIFO queues have message groups; leave it out",
  },
  {
    when: ({ isStream, partitionKeyPath }) => !isStream && partitionKeyPath !== undefined,
    message: () => "partitionKeyPath: only streams have partition keys; leave it out",
  },
  {
    when: ({ partitionKeyPath }) => partitionKeyPath !== undefined && !partitionKeyPath.startsWith("$."),
    message: ({ partitionKeyPath }) =>
      `partitionKeyPath: got '${partitionKeyPath}'; give the path to it in the event, such as $.detail.customer`,
  },
  {
    when: ({ isLogGroup, input }) => isLogGroup && input !== undefined,
    message: () => "input: a log group receives events as they are; leave it out",
  },
  {
    when: ({ isBus, input, retryAttempts, maxEventAge }) =>
      isBus && (input ?? retryAttempts ?? maxEventAge) !== undefined,
    message: () =>
      "input, retryAttempts, maxEventAge: a bus receives events as they are, with EventBridge's own retries; leave them out",
  },
  standardDeadLetters(),
];

/** What is wrong with how a rule delivers to a target. */
export function targetProblems(options: RuleTargetOptions, kind: TargetKind): string[] {
  return brokenRules({ ...options, ...kind }, TARGET_RULES);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function standardDeadLetters(): Rule<Pick<RuleProps, "deadLetterQueue">> {
  return {
    when: ({ deadLetterQueue: queue }) => queue !== undefined && queue !== false && queue.fifo,
    message: () => "deadLetterQueue: got a FIFO queue; EventBridge takes only standard queues",
  };
}

function isWholeDays(seconds: number): boolean {
  return seconds > 0 && seconds % 86_400 === 0;
}
