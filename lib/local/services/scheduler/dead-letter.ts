import { sendDeadLetter } from "../../delivery/dead-letter.ts";
import type { DeliveryFailure } from "../../delivery/failure.ts";
import type { ExhaustedLimit } from "../../delivery/retry.ts";
import { textAttributes } from "../../delivery/to-queue.ts";
import { byRole, executionId, isoSeconds } from "./invoke-target.ts";
import type { Invocation } from "./records.ts";
import type { Scheduler } from "./context.ts";
import type { InvocationCall } from "./targets/target-call.ts";

/** How an invocation ended. */
export interface DeadEnd {
  readonly call: Pick<InvocationCall, "arn" | "request">;
  readonly failure: DeliveryFailure;
  /** Attempts after the first. */
  readonly retries: number;
  readonly condition: ExhaustedLimit | undefined;
}

/**
 * Sends the request that was not carried out to the schedule's dead-letter queue, with the attributes that AWS gives it:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export async function buryDeadLetter(scheduler: Scheduler, invocation: Invocation, end: DeadEnd): Promise<void> {
  const { target, scheduleArn } = invocation;
  const { call, failure, retries, condition } = end;
  const attributes = textAttributes({
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    EXECUTION_ID: executionId(invocation),
    ...(condition !== undefined && { EXHAUSTED_RETRY_CONDITION: condition }),
    IS_PAYLOAD_TRUNCATED: "false",
    RETRY_ATTEMPTS: String(retries),
    SCHEDULED_TIME: isoSeconds(invocation.scheduledMs),
    SCHEDULE_ARN: scheduleArn,
    TARGET_ARN: call.arn,
  });
  const what = `scheduler: ${scheduleArn} could not reach ${target.Arn} (${failure.code}): ${failure.message}`;
  const letter = { queueArn: target.DeadLetterConfig?.Arn, message: { body: call.request, attributes }, what };
  const isSent = await sendDeadLetter(scheduler.cloud, letter, byRole(scheduler, invocation));
  if (isSent === undefined) return;
  const outcome = isSent ? "InvocationsSentToDeadLetterCount" : "InvocationsFailedToBeSentToDeadLetterCount";
  scheduler.metrics.add(invocation, outcome);
}
