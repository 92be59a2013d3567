import { type Duration, Stack } from "aws-cdk-lib";
import type { IEventBus } from "aws-cdk-lib/aws-events";
import { Grant, type IRole, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IStream } from "aws-cdk-lib/aws-kinesis";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { addProblems } from "./problems.ts";
import { scheduleProblems } from "./schedule-rules.ts";

/** What a schedule can call. A function or workflow of ours means its alias. */
export type ScheduleTarget = IEventBus | IFunction | IQueue | IStateMachine | IStream | ITopic;

/** What an event that a schedule puts on a bus says of itself. */
export interface ScheduledEvent {
  /** Who sends it: `"shop.clock"`. 1 to 256 of `A-Z a-z 0-9 . - _ /`, and not of AWS's own (`aws.`). */
  readonly source: string;
  /** What kind it is: `"Day ended"`. 1 to 128 characters. */
  readonly detailType: string;
}

/** Properties of a schedule. Give one of `rate`, `cron` and `at`. */
export interface ScheduleProps {
  /**
   * How often: `"5 minutes"`, `"1 hour"`, `"2 days"`. The first time is when the schedule is made, or `start`.
   * @default - `cron` or `at` is given
   */
  readonly rate?: string;
  /**
   * Minute, hour, day of the month, month, day of the week, year: `"0 8 ? * MON-FRI *"`.
   * @default - `rate` or `at` is given
   */
  readonly cron?: string;
  /**
   * Once: `"2027-01-31T09:00:00"`. A time that has passed when the schedule is made is made up for at once.
   * @default - `rate` or `cron` is given
   */
  readonly at?: string;
  /**
   * Whose clocks `cron` and `at` go by: `"Europe/Berlin"`. Times that they skip are left out, repeated ones come once.
   * @default "UTC"
   */
  readonly timeZone?: string;
  /** What is called. */
  readonly target: ScheduleTarget;
  /**
   * What the target is given: an object, or a text for a queue, topic or stream. For a bus it is the detail. `<aws.scheduler.scheduled-time>`,
   * `-schedule-arn`, `-execution-id` and `-attempt-number` are filled in.
   * @default - an event of the source `aws.scheduler` with the time it is for
   */
  readonly input?: string | Readonly<Record<string, unknown>>;
  /**
   * FIFO queues: the group that the messages are in.
   * @default - none
   */
  readonly messageGroup?: string;
  /**
   * Buses: what the event says of itself. A bus wants it.
   * @default - none
   */
  readonly event?: ScheduledEvent;
  /**
   * Streams: what decides over the shard. 1 to 256 characters.
   * @default - the schedule's path: all of its records keep their order
   */
  readonly partitionKey?: string;
  /**
   * Within what time of each due moment AWS chooses one of its own. Whole minutes, 1 minute to 24 hours.
   * @default - on the minute
   */
  readonly flexibleWindow?: Duration;
  /**
   * How often a call is tried again. 0 to 185.
   * @default 185
   */
  readonly retries?: number;
  /**
   * For how long a call is tried again. 1 minute to 24 hours.
   * @default Duration.hours(24)
   */
  readonly maxAge?: Duration;
  /**
   * Where calls go that the target did not take, and events that a function of ours failed for: a standard queue; false
   * drops them.
   * @default - a queue of the schedule's own that keeps them for 14 days; a function of another stack has its own
   */
  readonly deadLetters?: IQueue | false;
  /** @default true */
  readonly enabled?: boolean;
  /**
   * Not before: `"2027-01-01T00:00:00Z"`. Not for `at`. AWS refuses to make or change a schedule whose start is more than
   * five minutes past: take it out then.
   * @default - from the beginning
   */
  readonly start?: string;
  /**
   * Not after: `"2027-12-31T23:59:00Z"`. Not for `at`.
   * @default - for ever
   */
  readonly end?: string;
  /** @default - a name of CloudFormation's */
  readonly scheduleName?: string;
  /** @default - none */
  readonly description?: string;
}

/** The group that every account has. */
const GROUP = "default";

/** A schedule of the EventBridge Scheduler: what is called when. It acts by a role of its own that may do nothing else. */
export class Schedule extends Construct {
  readonly scheduleName: string;
  readonly scheduleArn: string;
  /** May call the target, and put dead letters away. */
  readonly role: IRole;
  /** The queue of calls that the target did not take, where the schedule has one. */
  readonly deadLetters: IQueue | undefined;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const { target } = props;
    const problems = scheduleProblems(props);
    const given: ScheduleProps = problems.length > 0 ? { rate: "1 day", target, deadLetters: false } : props;
    addProblems(this, problems);
    const { deadLetters = addDeadLetterQueue(this, "DeadLetters") } = given;
    this.deadLetters = deadLetters === false ? undefined : deadLetters;
    this.role = this.#addRole(target);
    const resource = new CfnSchedule(this, "Resource", {
      ...timing(given),
      name: given.scheduleName,
      description: given.description,
      state: given.enabled === false ? "DISABLED" : "ENABLED",
      target: this.#target(given),
    });
    // What may be due at once must be allowed by then.
    resource.node.addDependency(this.role);
    this.scheduleName = resource.ref;
    this.scheduleArn = resource.attrArn;
  }

  #addRole(target: ScheduleTarget): Role {
    const stack = Stack.of(this);
    const group = stack.formatArn({ service: "scheduler", resource: "schedule-group", resourceName: GROUP });
    const conditions = { StringEquals: { "aws:SourceAccount": stack.account, "aws:SourceArn": group } };
    const assumedBy = new ServicePrincipal("scheduler.amazonaws.com", { conditions });
    const role = new Role(this, "Role", { assumedBy });
    grantCall(target, role);
    if (this.deadLetters !== undefined) {
      grantSend(this.deadLetters, role);
      // A function of another stack keeps its own: two stacks cannot name each other.
      const isOurs = Stack.of(target) === stack;
      if (target instanceof ReleasedFunction) target.keepFailedEvents(isOurs ? this.deadLetters : undefined);
    }
    return role;
  }

  #target(props: ScheduleProps): CfnSchedule.TargetProperty {
    const { target, input, messageGroup, event, partitionKey = this.node.path.slice(-256), retries, maxAge } = props;
    return {
      arn: arnOf(target),
      roleArn: this.role.roleArn,
      input: typeof input === "object" ? Stack.of(this).toJsonString(input) : input,
      retryPolicy: { maximumRetryAttempts: retries, maximumEventAgeInSeconds: maxAge?.toSeconds() },
      deadLetterConfig: this.deadLetters && { arn: this.deadLetters.queueArn },
      sqsParameters: messageGroup === undefined ? undefined : { messageGroupId: messageGroup },
      eventBridgeParameters: event,
      kinesisParameters: "streamArn" in target ? { partitionKey } : undefined,
    };
  }
}

function timing({ rate, cron, at, timeZone, flexibleWindow, start, end }: ScheduleProps) {
  const [kind, text] = rate !== undefined ? ["rate", rate] : cron !== undefined ? ["cron", cron] : ["at", at];
  return {
    scheduleExpression: `${kind}(${text})`,
    scheduleExpressionTimezone: timeZone,
    startDate: start,
    endDate: end,
    flexibleTimeWindow:
      flexibleWindow === undefined
        ? { mode: "OFF" }
        : { mode: "FLEXIBLE", maximumWindowInMinutes: flexibleWindow.toMinutes() },
  };
}

function arnOf(target: ScheduleTarget): string {
  if ("queueArn" in target) return target.queueArn;
  if ("stateMachineArn" in target) return target.stateMachineArn;
  if ("eventBusArn" in target) return target.eventBusArn;
  if ("streamArn" in target) return target.streamArn;
  return "topicArn" in target ? target.topicArn : target.functionArn;
}

function grantCall(target: ScheduleTarget, role: IRole): void {
  if ("queueArn" in target) grantSend(target, role);
  else if ("stateMachineArn" in target) target.grantStartExecution(role);
  else if ("eventBusArn" in target) target.grantPutEventsTo(role);
  else if ("streamArn" in target) grantPut(target, role);
  else if ("topicArn" in target) target.grantPublish(role);
  else target.grantInvoke(role);
}

/** Less than `grantSendMessages`, which also lets the queue be looked at. */
function grantSend(queue: IQueue, grantee: IRole): void {
  Grant.addToPrincipal({ grantee, actions: ["sqs:SendMessage"], resourceArns: [queue.queueArn] });
  queue.encryptionMasterKey?.grantEncryptDecrypt(grantee);
}

/** Less than `grantWrite`, which also lets shards be listed. */
function grantPut(stream: IStream, grantee: IRole): void {
  Grant.addToPrincipal({ grantee, actions: ["kinesis:PutRecord"], resourceArns: [stream.streamArn] });
  stream.encryptionKey?.grantEncrypt(grantee);
}
