import type { Duration } from "aws-cdk-lib";
import { type IApiDestination, type IEventBus, Rule as CdkRule, type RuleTargetInput } from "aws-cdk-lib/aws-events";
import type { IStream } from "aws-cdk-lib/aws-kinesis";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { ruleProblems, targetProblems } from "./event-rules.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { addCheck, addProblems } from "./problems.ts";
import { ruleTarget } from "./rule-targets.ts";

/** Properties of a rule. */
export interface RuleProps {
  /** Which events, as EventBridge writes event patterns: `{ source: ["shop"], detail: { total: [{ numeric: [">", 100] }] } }`. */
  readonly pattern: Readonly<Record<string, unknown>>;
  /** @default - the account's default bus, on which AWS's own events are */
  readonly bus?: IEventBus;
  /** @default - a name of CloudFormation's */
  readonly ruleName?: string;
  /** @default - none */
  readonly description?: string;
  /** @default true */
  readonly enabled?: boolean;
  /**
   * Where events go that a target did not take, and those that a function of ours failed for: a standard queue; false
   * drops them.
   * @default - a queue of the rule's own that keeps them for 14 days
   */
  readonly deadLetters?: IQueue | false;
}

/** How a rule reaches one target. */
export interface RuleTargetOptions {
  /**
   * What the target is given: a text, an object, or parts of the event.
   * @default - the whole event
   */
  readonly input?: RuleTargetInput;
  /**
   * How often a delivery is tried again. 0 to 185.
   * @default 185
   */
  readonly retries?: number;
  /**
   * For how long a delivery is tried again. 1 minute to 24 hours.
   * @default Duration.hours(24)
   */
  readonly maxAge?: Duration;
  /**
   * FIFO queues: the group that the events are in.
   * @default - none
   */
  readonly messageGroup?: string;
  /**
   * Streams: the path in the event to what a record's partition key is, such as `$.detail.customer`.
   * @default - the event's id
   */
  readonly partitionKey?: string;
}

/** What a rule can send events to. A function or workflow of ours means its alias. */
export type EventTarget =
  | IApiDestination
  | IEventBus
  | IFunction
  | ILogGroup
  | IQueue
  | IStateMachine
  | IStream
  | ITopic;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_TARGETS = 5;

/** A rule on an EventBridge bus: which events go where. */
export class Rule extends CdkRule {
  /** The queue of events that a target did not take, where the rule has one. */
  readonly deadLetters: IQueue | undefined;
  #targets = 0;

  constructor(scope: Construct, id: string, props: RuleProps) {
    const problems = ruleProblems(props);
    const given: RuleProps = problems.length > 0 ? { pattern: { source: ["unfit"] }, deadLetters: false } : props;
    super(scope, id, {
      eventPattern: given.pattern,
      eventBus: given.bus,
      ruleName: given.ruleName,
      description: given.description,
      enabled: given.enabled,
    });
    addProblems(this, problems);
    const { deadLetters = addDeadLetterQueue(this, "DeadLetters") } = given;
    this.deadLetters = deadLetters === false ? undefined : deadLetters;
    addCheck(this, () => this.#countProblems());
  }

  /** Sends the events to a target, and lets them in there. Another bus and a log group take them as they are. */
  to(target: EventTarget, options: RuleTargetOptions = {}): this {
    const problems = targetProblems(options, {
      isFifo: "queueArn" in target && target.fifo,
      isBus: "eventBusArn" in target,
      isLogGroup: "logGroupArn" in target,
      isStream: "streamArn" in target,
    });
    addProblems(this, problems);
    this.#targets += 1;
    if (problems.length > 0) return this;
    this.addTarget(ruleTarget(this, target, options));
    if (this.deadLetters === undefined || !(target instanceof ReleasedFunction)) return this;
    // A function of another stack keeps its own: two stacks cannot name each other.
    target.keepFailedEvents(target.stack === this.stack ? this.deadLetters : undefined);
    return this;
  }

  #countProblems(): string[] {
    if (this.#targets <= MOST_TARGETS) return [];
    return [
      `to: ${this.#targets} targets; ${MOST_TARGETS} are allowed. Give another rule with the same pattern the others.`,
    ];
  }
}
