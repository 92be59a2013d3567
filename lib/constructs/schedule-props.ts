import type { Duration, TimeZone } from "aws-cdk-lib";
import type { IEventBus } from "aws-cdk-lib/aws-events";
import type { IRole } from "aws-cdk-lib/aws-iam";
import type { IStream } from "aws-cdk-lib/aws-kinesis";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type {
  IScheduleTarget,
  ScheduleExpression,
  ScheduleProps as CdkScheduleProps,
  ScheduleTargetInput,
} from "aws-cdk-lib/aws-scheduler";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { PropNames, SharedProps } from "./known-props.ts";

/** What a schedule can call directly. A function or workflow of ours means its alias. */
export type ScheduleTarget = IEventBus | IFunction | IQueue | IStateMachine | IStream | ITopic;

/** The source and the type of an event that a schedule puts on a bus. */
export interface ScheduledEvent {
  /** `"shop.clock"`: 1 to 256 of `A-Z a-z 0-9 . - _ /`, and not one of AWS's own (`aws.`). */
  readonly source: string;
  /** `"Day ended"`: 1 to 128 characters. */
  readonly detailType: string;
}

/** Props that `Schedule` of aws-cdk-lib has, with the same meaning, and that are handed on to it as they are. */
export const SHARED_SCHEDULE_PROPS = [
  "description",
  "enabled",
  "end",
  "key",
  "scheduleGroup",
  "scheduleName",
  "start",
  "timeWindow",
] as const satisfies readonly (keyof CdkScheduleProps)[];

type SharedScheduleProps = SharedProps<CdkScheduleProps, typeof SHARED_SCHEDULE_PROPS>;

/**
 * Properties of a schedule. What is not described here is as in aws-cdk-lib's `Schedule`; the options of the target are
 * as in its schedule targets. AWS refuses to create or change a schedule whose `start` is more than five minutes ago.
 */
export interface ScheduleProps extends SharedScheduleProps {
  /**
   * When: `ScheduleExpression` of aws-cdk-lib, or the expression as AWS writes it. `"rate(5 minutes)"` is due for the
   * first time when the schedule is created, or at `start`; `"cron(0 8 ? * MON-FRI *)"` has minute, hour, day of the month,
   * month, day of the week and year; `"at(2027-01-31T09:00:00)"` is due once, at once if it is past.
   */
  readonly schedule: ScheduleExpression | string;
  /**
   * Time zone of an expression that is given as text: `"Europe/Berlin"`. Local times that are skipped are left out, those
   * that come twice are due once.
   * @default - UTC
   */
  readonly timeZone?: TimeZone | string;
  /** What is called: a resource, or a schedule target of aws-cdk-lib, which has its own options. */
  readonly target: ScheduleTarget | IScheduleTarget;
  /**
   * What the target receives: an object, or a text for a queue, topic or stream. For a bus it is the detail.
   * `<aws.scheduler.scheduled-time>`, `-schedule-arn`, `-execution-id` and `-attempt-number` are filled in.
   * @default - an event with the source `aws.scheduler` and the time it is due
   */
  readonly input?: string | Readonly<Record<string, unknown>> | ScheduleTargetInput;
  /**
   * FIFO queues: the message group.
   * @default - none
   */
  readonly messageGroupId?: string;
  /**
   * Buses: the event's source and type. Required for a bus.
   * @default - none
   */
  readonly event?: ScheduledEvent;
  /**
   * Streams: the partition key, which selects the shard. 1 to 256 characters.
   * @default - the schedule's path: its records keep their order
   */
  readonly partitionKey?: string;
  /**
   * How often a call is retried. 0 to 185.
   * @default 185
   */
  readonly retryAttempts?: number;
  /**
   * For how long a call is retried. 1 minute to 24 hours.
   * @default Duration.hours(24)
   */
  readonly maxEventAge?: Duration;
  /**
   * Where calls go that the target could not take, and events that a function of ours failed for: a standard queue; false
   * drops them.
   * @default - a queue of the schedule's own that keeps them for 14 days; a function of another stack has its own
   */
  readonly deadLetterQueue?: IQueue | false;
  /**
   * The role that calls the target.
   * @default - a role of the schedule's own that may call the target and send dead letters, and nothing else
   */
  readonly role?: IRole;
}

const OWN_SCHEDULE_PROPS: PropNames<Omit<ScheduleProps, keyof SharedScheduleProps>> = {
  deadLetterQueue: true,
  event: true,
  input: true,
  maxEventAge: true,
  messageGroupId: true,
  partitionKey: true,
  retryAttempts: true,
  role: true,
  schedule: true,
  target: true,
  timeZone: true,
};

/** The names of a schedule's props. */
export const SCHEDULE_PROPS: readonly string[] = [...SHARED_SCHEDULE_PROPS, ...Object.keys(OWN_SCHEDULE_PROPS)];

/** Whether a target is one of aws-cdk-lib's schedule targets. */
export function isScheduleTarget(target: ScheduleProps["target"]): target is IScheduleTarget {
  return "bind" in target;
}
