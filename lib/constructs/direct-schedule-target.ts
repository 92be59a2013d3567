import { Stack } from "aws-cdk-lib";
import { Grant, type IRole, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IStream } from "aws-cdk-lib/aws-kinesis";
import type { ISchedule, IScheduleTarget, ScheduleTargetConfig } from "aws-cdk-lib/aws-scheduler";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { BugError } from "../errors.ts";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { toScheduleInput } from "./schedule-expression.ts";
import type { ScheduleProps, ScheduleTarget } from "./schedule-props.ts";

/** The group that every account has. */
const DEFAULT_GROUP = "default";
const MAX_KEY_LENGTH = 256;

/** A resource as the target of a schedule. What it adds is below the schedule: its role and its dead-letter queue. */
export class DirectScheduleTarget implements IScheduleTarget {
  readonly #target: ScheduleTarget;
  readonly #props: ScheduleProps;
  #deadLetterQueue: IQueue | undefined;

  constructor(target: ScheduleTarget, props: ScheduleProps) {
    this.#target = target;
    this.#props = props;
  }

  /** The queue of calls that the target could not take, once this is bound. */
  get deadLetterQueue(): IQueue | undefined {
    return this.#deadLetterQueue;
  }

  bind(schedule: ISchedule): ScheduleTargetConfig {
    if (!(schedule instanceof Construct)) throw new BugError("ScheduleInvalid", "a schedule is not a construct");
    const { messageGroupId, event, retryAttempts, maxEventAge, input } = this.#props;
    const { partitionKey = schedule.node.path.slice(-MAX_KEY_LENGTH) } = this.#props;
    const { deadLetterQueue = addDeadLetterQueue(schedule, "DeadLetters") } = this.#props;
    this.#deadLetterQueue = deadLetterQueue === false ? undefined : deadLetterQueue;
    const role = this.#props.role ?? this.#addRole(schedule);
    this.#grant(schedule, role);
    return {
      arn: arnOf(this.#target),
      role,
      input: toScheduleInput(input),
      retryPolicy: {
        maximumRetryAttempts: retryAttempts,
        maximumEventAgeInSeconds: maxEventAge?.toSeconds(),
      },
      deadLetterConfig: this.#deadLetterQueue && { arn: this.#deadLetterQueue.queueArn },
      sqsParameters: messageGroupId === undefined ? undefined : { messageGroupId },
      eventBridgeParameters: event,
      kinesisParameters: "streamArn" in this.#target ? { partitionKey } : undefined,
    };
  }

  #addRole(schedule: Construct): Role {
    const stack = Stack.of(schedule);
    const resourceName = this.#props.scheduleGroup?.scheduleGroupName ?? DEFAULT_GROUP;
    const group = stack.formatArn({ service: "scheduler", resource: "schedule-group", resourceName });
    const conditions = { StringEquals: { "aws:SourceAccount": stack.account, "aws:SourceArn": group } };
    return new Role(schedule, "Role", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com", { conditions }) });
  }

  #grant(schedule: Construct, role: IRole): void {
    const target = this.#target;
    grantCall(target, role);
    if (this.#deadLetterQueue === undefined) return;
    grantSend(this.#deadLetterQueue, role);
    // A function of another stack keeps its own: two stacks cannot refer to each other.
    const isOurs = Stack.of(target) === Stack.of(schedule);
    if (target instanceof ReleasedFunction) target.keepFailedEvents(isOurs ? this.#deadLetterQueue : undefined);
  }
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

/** Less than `grantSendMessages`, which also grants reading the queue's attributes. */
function grantSend(queue: IQueue, grantee: IRole): void {
  Grant.addToPrincipal({ grantee, actions: ["sqs:SendMessage"], resourceArns: [queue.queueArn] });
  queue.encryptionMasterKey?.grantEncryptDecrypt(grantee);
}

/** Less than `grantWrite`, which also grants listing the shards. */
function grantPut(stream: IStream, grantee: IRole): void {
  Grant.addToPrincipal({ grantee, actions: ["kinesis:PutRecord"], resourceArns: [stream.streamArn] });
  stream.encryptionKey?.grantEncrypt(grantee);
}
