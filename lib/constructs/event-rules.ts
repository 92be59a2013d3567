import { Token } from "aws-cdk-lib";
import { tryFindPatternProblem } from "../util/event-pattern/event-pattern.ts";
import type { EventBusProps } from "./event-bus.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";
import type { RuleProps, RuleTargetOptions } from "./rule.ts";

/** Names: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html, API_PutRule.html */
const BUS_NAME = /^[/.\-_A-Za-z0-9]{1,256}$/;
const RULE_NAME = /^[.\-_A-Za-z0-9]{1,64}$/;
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_PATTERN_CHARACTERS = 2_048;

const BUS_RULES: readonly Rule<EventBusProps>[] = [
  {
    when: ({ eventBusName: name }) => isWritten(name) && (!BUS_NAME.test(name) || name === "default"),
    message: ({ eventBusName }) =>
      `eventBusName: got '${eventBusName}'; allowed are 1 to 256 of A-Z a-z 0-9 . - _ / and every word but 'default', which is the account's own bus`,
  },
  {
    when: ({ archive }) => archive?.retention !== undefined && !isWholeDays(archive.retention.toSeconds()),
    message: ({ archive }) =>
      `archive.retention: got ${archive!.retention!.toSeconds()} seconds; allowed are whole days from 1, or leave it out to keep events for ever`,
  },
];

/** What is wrong with a bus. */
export function eventBusProblems(props: EventBusProps): string[] {
  const pattern = props.archive?.pattern;
  return [
    ...brokenRules(props, BUS_RULES),
    ...(pattern === undefined ? [] : patternProblems("archive.pattern", pattern)),
  ];
}

/** What is wrong with a rule by itself. */
export function ruleProblems({ pattern, ruleName: name }: RuleProps): string[] {
  const unfit =
    isWritten(name) && !RULE_NAME.test(name)
      ? [`ruleName: got '${name}'; allowed are 1 to 64 of A-Z a-z 0-9 . - _`]
      : [];
  return [...unfit, ...patternProblems("pattern", pattern)];
}

function patternProblems(prop: string, pattern: Readonly<Record<string, unknown>>): string[] {
  const problem = tryFindPatternProblem(pattern);
  if (problem !== undefined) return [`${prop}: ${problem}`];
  const text = JSON.stringify(pattern);
  // How long a name is that only CloudFormation knows cannot be told.
  if (text.length <= MOST_PATTERN_CHARACTERS || Token.isUnresolved(text)) return [];
  return [
    `${prop}: has ${text.length} characters; ${MOST_PATTERN_CHARACTERS} are allowed. Split it over several rules.`,
  ];
}

/** What counts of a target. */
interface TargetKind {
  readonly isFifo: boolean;
  readonly isBus: boolean;
  readonly isLogGroup: boolean;
  readonly isStream: boolean;
}

/** Limits: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html */
const TARGET_RULES: readonly Rule<RuleTargetOptions & TargetKind>[] = [
  {
    when: ({ retries = 0 }) => !Number.isInteger(retries) || retries < 0 || retries > 185,
    message: ({ retries }) => `retries: got ${retries}; allowed are whole numbers from 0 to 185`,
  },
  {
    when: ({ maxAge }) => maxAge !== undefined && (maxAge.toSeconds() < 60 || maxAge.toSeconds() > 86_400),
    message: ({ maxAge }) => `maxAge: got ${maxAge!.toSeconds()} seconds; allowed are 1 minute to 24 hours`,
  },
  {
    when: ({ isFifo, messageGroup }) => isFifo !== (messageGroup !== undefined),
    message: ({ isFifo }) =>
      isFifo
        ? "messageGroup: a FIFO queue wants to know which group the events are in; give one"
        : "messageGroup: only FIFO queues have message groups; leave it out",
  },
  {
    when: ({ isStream, partitionKey }) => !isStream && partitionKey !== undefined,
    message: () => "partitionKey: only streams have partition keys; leave it out",
  },
  {
    when: ({ partitionKey }) => partitionKey !== undefined && !partitionKey.startsWith("$."),
    message: ({ partitionKey }) =>
      `partitionKey: got '${partitionKey}'; give the path to it in the event, such as $.detail.customer`,
  },
  {
    when: ({ isLogGroup, input }) => isLogGroup && input !== undefined,
    message: () => "input: a log group takes events as they are; leave it out",
  },
  {
    when: ({ isBus, input, retries, maxAge }) => isBus && (input ?? retries ?? maxAge) !== undefined,
    message: () => "input, retries, maxAge: a bus takes events as they are, at EventBridge's own pace; leave them out",
  },
];

/** What is wrong with how a rule reaches a target. */
export function targetProblems(options: RuleTargetOptions, kind: TargetKind): string[] {
  return brokenRules({ ...options, ...kind }, TARGET_RULES);
}

function isWholeDays(seconds: number): boolean {
  return seconds > 0 && seconds % 86_400 === 0;
}
