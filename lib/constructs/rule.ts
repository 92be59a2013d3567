import { CfnRule, Rule as CdkRule } from "aws-cdk-lib/aws-events";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { renderEventPattern } from "./event-pattern-input.ts";
import { ruleProblems, targetProblems } from "./event-rules.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { givenProps, refusePlainDurations, requireConstruct } from "./given-props.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { addCheck, addProblems } from "./problems.ts";
import { resourceOf } from "./resource-of.ts";
import {
  type EventTarget,
  RULE_PROPS,
  RULE_TARGET_OPTIONS,
  type RuleProps,
  type RuleTargetOptions,
  SHARED_RULE_PROPS,
} from "./rule-props.ts";
import { ruleTarget } from "./rule-targets.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_TARGETS = 5;

/** A rule on an EventBridge bus: which events it delivers to which targets. */
export class Rule extends CdkRule {
  /** The queue of events that a target could not take, where the rule has one. */
  readonly deadLetterQueue: IQueue | undefined;

  constructor(scope: Construct, id: string, props: RuleProps) {
    const problems = ruleProblems(givenProps(scope, id, props));
    const given: RuleProps =
      problems.length > 0 ? { eventPattern: { source: ["invalid"] }, deadLetterQueue: false } : props;
    super(scope, id, { ...pickProps(given, SHARED_RULE_PROPS), eventPattern: renderEventPattern(given.eventPattern) });
    refuseUnknownProps(this, props, RULE_PROPS);
    addProblems(this, problems);
    const { deadLetterQueue = addDeadLetterQueue(this, "DeadLetters") } = given;
    this.deadLetterQueue = deadLetterQueue === false ? undefined : deadLetterQueue;
    addCheck(this, () => this.#countProblems());
  }

  /** Delivers the events to a target, and lets the rule do so. Another bus and a log group receive them as they are. */
  to(target: EventTarget, options: RuleTargetOptions = {}): this {
    requireConstruct(this.node.path, target, "to", "a target: a Function, a Queue, a Topic or the like");
    refusePlainDurations(this.node.path, options, "to.");
    const problems = targetProblems(options, {
      isFifo: "queueArn" in target && target.fifo,
      isBus: "eventBusArn" in target,
      isLogGroup: "logGroupArn" in target,
      isStream: "streamArn" in target,
    });
    refuseUnknownProps(this, options, RULE_TARGET_OPTIONS, "to");
    addProblems(this, problems);
    if (problems.length > 0) return this;
    const given = options.deadLetterQueue ?? this.deadLetterQueue;
    const deadLetterQueue = given === false ? undefined : given;
    this.addTarget(ruleTarget(this, target, { ...options, deadLetterQueue }));
    if (deadLetterQueue === undefined || !(target instanceof ReleasedFunction)) return this;
    // A function of another stack keeps its own: two stacks cannot refer to each other.
    target.keepFailedEvents(target.stack === this.stack ? deadLetterQueue : undefined);
    return this;
  }

  #countProblems(): string[] {
    const targets: unknown = this.stack.resolve(resourceOf(this, CfnRule).targets);
    const count = Array.isArray(targets) ? targets.length : 0;
    if (count <= MAX_TARGETS) return [];
    return [`to: ${count} targets; ${MAX_TARGETS} are allowed. Add another rule with the same pattern for the others.`];
  }
}
