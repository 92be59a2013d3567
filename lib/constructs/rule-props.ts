import type { Duration } from "aws-cdk-lib";
import type { IApiDestination, IEventBus, RuleProps as CdkRuleProps, RuleTargetInput } from "aws-cdk-lib/aws-events";
import type { TargetBaseProps } from "aws-cdk-lib/aws-events-targets";
import type { IStream } from "aws-cdk-lib/aws-kinesis";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { EventPatternInput } from "./event-pattern-input.ts";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props that `Rule` of aws-cdk-lib has, with the same meaning. */
export const SHARED_RULE_PROPS = [
  "crossStackScope",
  "description",
  "enabled",
  "eventBus",
  "role",
  "ruleName",
  "targets",
] as const satisfies readonly (keyof CdkRuleProps)[];

type SharedRuleProps = SharedProps<CdkRuleProps, typeof SHARED_RULE_PROPS>;

/**
 * Properties of a rule. What is not described here is as in aws-cdk-lib's `Rule`. Without `eventBus`, the rule is on the
 * account's default bus, where AWS's own events are.
 */
export interface RuleProps extends SharedRuleProps {
  /** Which events: `{ source: ["shop"], detail: { total: [{ numeric: [">", 100] }] } }`. */
  readonly eventPattern: EventPatternInput;
  /**
   * Where events go that a target could not take, and those that a function of ours failed for: a standard queue; false
   * drops them.
   * @default - a queue of the rule's own that keeps them for 14 days
   */
  readonly deadLetterQueue?: IQueue | false;
}

const OWN_RULE_PROPS: PropNames<Omit<RuleProps, keyof SharedRuleProps>> = { deadLetterQueue: true, eventPattern: true };

/** The names of a rule's props. */
export const RULE_PROPS: readonly string[] = [...SHARED_RULE_PROPS, ...Object.keys(OWN_RULE_PROPS)];

/** How a rule delivers to one target. The names are those of the targets in aws-cdk-lib. */
export interface RuleTargetOptions extends Omit<TargetBaseProps, "deadLetterQueue"> {
  /**
   * What the target receives: a text, an object, or parts of the event.
   * @default - the whole event
   */
  readonly input?: RuleTargetInput;
  /**
   * How often a delivery is retried. 0 to 185.
   * @default 185
   */
  readonly retryAttempts?: number;
  /**
   * For how long a delivery is retried. 1 minute to 24 hours.
   * @default Duration.hours(24)
   */
  readonly maxEventAge?: Duration;
  /**
   * Where events go that this target could not take: a standard queue; false drops them.
   * @default - the rule's
   */
  readonly deadLetterQueue?: IQueue | false;
  /**
   * FIFO queues: the message group of the events.
   * @default - none
   */
  readonly messageGroupId?: string;
  /**
   * Streams: the path in the event to the partition key of a record, such as `$.detail.customer`.
   * @default - the event's id
   */
  readonly partitionKeyPath?: string;
}

const TARGET_NAMES: PropNames<RuleTargetOptions> = {
  deadLetterQueue: true,
  input: true,
  maxEventAge: true,
  messageGroupId: true,
  partitionKeyPath: true,
  retryAttempts: true,
};

/** The names of the options of `to`. */
export const RULE_TARGET_OPTIONS: readonly string[] = Object.keys(TARGET_NAMES);

/** What a rule can deliver events to. A function or workflow of ours means its alias. */
export type EventTarget =
  | IApiDestination
  | IEventBus
  | IFunction
  | ILogGroup
  | IQueue
  | IStateMachine
  | IStream
  | ITopic;
