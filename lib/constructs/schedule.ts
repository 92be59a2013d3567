import type { IRole } from "aws-cdk-lib/aws-iam";
import {
  CfnSchedule,
  type ISchedule,
  type IScheduleTarget,
  Schedule as CdkSchedule,
  type ScheduleTargetConfig,
} from "aws-cdk-lib/aws-scheduler";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { BugError } from "../errors.ts";
import { DirectScheduleTarget } from "./direct-schedule-target.ts";
import { givenProps, pathOf, requireConstruct } from "./given-props.ts";
import { pickProps, refuseUnknownProps, unknownPropProblems } from "./known-props.ts";
import { addProblems } from "./problems.ts";
import { resourceOf } from "./resource-of.ts";
import { toScheduleExpression } from "./schedule-expression.ts";
import { isScheduleTarget, SCHEDULE_PROPS, type ScheduleProps, SHARED_SCHEDULE_PROPS } from "./schedule-props.ts";
import { scheduleProblems } from "./schedule-rules.ts";

/**
 * A schedule of the EventBridge Scheduler: what is called when. It acts with a role of its own that may call its target
 * and nothing else. `fromScheduleArn` and the `metricAll…` functions are those of aws-cdk-lib; AWS has metrics of schedule
 * groups, not of single schedules.
 */
export class Schedule extends CdkSchedule {
  /** The role that calls the target. */
  readonly role: IRole;
  /** The queue of calls that the target could not take, where the schedule has one. */
  readonly deadLetterQueue: IQueue | undefined;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    givenProps(scope, id, props);
    requireConstruct(
      pathOf(scope, id),
      props.target,
      "target",
      "a Function, a Queue, a Topic, a StateMachine or a target of aws-cdk-lib",
      unknownPropProblems(props, SCHEDULE_PROPS),
    );
    const problems = scheduleProblems(props);
    const given: ScheduleProps =
      problems.length > 0 ? { schedule: "rate(1 day)", target: props.target, deadLetterQueue: false } : props;
    const target = new BoundTarget(
      isScheduleTarget(given.target) ? given.target : new DirectScheduleTarget(given.target, given),
    );
    super(scope, id, { ...pickProps(given, SHARED_SCHEDULE_PROPS), schedule: toScheduleExpression(given), target });
    refuseUnknownProps(this, props, SCHEDULE_PROPS);
    addProblems(this, problems);
    this.role = target.role;
    this.deadLetterQueue = target.deadLetterQueue;
    // The first call may be due at once: the role must be able to make it by then.
    resourceOf(this, CfnSchedule).node.addDependency(this.role);
  }
}

/** A target that keeps what it was bound with: the L2 has no property for it. */
class BoundTarget implements IScheduleTarget {
  readonly #target: IScheduleTarget;
  #role: IRole | undefined;

  constructor(target: IScheduleTarget) {
    this.#target = target;
  }

  get role(): IRole {
    if (this.#role === undefined) throw new BugError("ScheduleNotBound", "the schedule's target was not bound");
    return this.#role;
  }

  get deadLetterQueue(): IQueue | undefined {
    return this.#target instanceof DirectScheduleTarget ? this.#target.deadLetterQueue : undefined;
  }

  bind(schedule: ISchedule): ScheduleTargetConfig {
    const config = this.#target.bind(schedule);
    this.#role = config.role;
    return config;
  }
}
