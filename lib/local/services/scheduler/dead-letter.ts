import { tryFindDenial } from "./execution-role.ts";
import type { InvocationFailure } from "./invocation-failure.ts";
import { executionId, isoSeconds } from "./invoke-target.ts";
import type { Invocation } from "./records.ts";
import type { Scheduler } from "./context.ts";
import type { TargetCall } from "./targets/target-call.ts";

/** How an invocation ended. */
export interface DeadEnd {
  readonly call: Pick<TargetCall, "arn" | "request">;
  readonly failure: InvocationFailure;
  /** Attempts after the first. */
  readonly retries: number;
  readonly condition: "MaximumRetryAttempts" | "MaximumEventAgeInSeconds" | undefined;
}

/**
 * Sends the request that was not carried out to the schedule's dead-letter queue, with the attributes that AWS gives it:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export async function buryDeadLetter(scheduler: Scheduler, invocation: Invocation, end: DeadEnd): Promise<void> {
  const { target, scheduleArn } = invocation;
  const what = `scheduler: ${scheduleArn} could not reach ${target.Arn} (${end.failure.code}): ${end.failure.message}`;
  const queueArn = target.DeadLetterConfig?.Arn;
  if (queueArn === undefined) return scheduler.cloud.log(what);
  try {
    await sendToQueue(scheduler, invocation, queueArn, end);
    scheduler.metrics.add(invocation, "InvocationsSentToDeadLetterCount");
  } catch (error) {
    scheduler.metrics.add(invocation, "InvocationsFailedToBeSentToDeadLetterCount");
    scheduler.cloud.log(`${what}; its dead-letter queue ${queueArn} did not take it: ${String(error)}`);
  }
}

/** The schedule's role must be allowed to. */
async function sendToQueue(
  scheduler: Scheduler,
  invocation: Invocation,
  queueArn: string,
  { call, failure, retries, condition }: DeadEnd,
): Promise<void> {
  const permission = { action: "sqs:SendMessage", resource: queueArn };
  const { cloud } = scheduler;
  const session = executionId(invocation);
  const denial = await tryFindDenial(scheduler, invocation.target.RoleArn!, permission, session);
  if (denial !== undefined) throw denial;
  const attributes = {
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    EXECUTION_ID: session,
    ...(condition !== undefined && { EXHAUSTED_RETRY_CONDITION: condition }),
    IS_PAYLOAD_TRUNCATED: "false",
    RETRY_ATTEMPTS: String(retries),
    SCHEDULED_TIME: isoSeconds(invocation.scheduledMs),
    SCHEDULE_ARN: invocation.scheduleArn,
    TARGET_ARN: call.arn,
  };
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  );
  const [, , , region = "", account = "", name = ""] = queueArn.split(":");
  const QueueUrl = `${cloud.endpoint}/${account}/${name}`;
  await cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: call.request, MessageAttributes }, { region });
}
