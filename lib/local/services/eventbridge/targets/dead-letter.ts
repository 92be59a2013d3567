import type { Delivery } from "./deliveries.ts";
import type { Events } from "../context.ts";
import { sendToQueue } from "./send-to-queue.ts";
import type { TargetFailure } from "./target-failure.ts";

/** How a delivery ended. */
export interface DeadEnd {
  readonly failure: TargetFailure;
  readonly attempts: number;
  readonly condition: "MaximumRetryAttempts" | "MaximumEventAgeInSeconds" | undefined;
}

/**
 * Sends an event that could not be delivered to the target's dead-letter queue, with the attributes that AWS gives it:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export async function buryDeadLetter(events: Events, delivery: Delivery, end: DeadEnd): Promise<void> {
  const { target, ruleArn, event } = delivery;
  const what = `events: ${ruleArn} could not reach ${target.Arn} (${end.failure.code}): ${end.failure.message}`;
  const queueArn = target.DeadLetterConfig?.Arn;
  if (queueArn === undefined) return events.cloud.log(what);
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: target.Arn!,
    ERROR_CODE: end.failure.code,
    ERROR_MESSAGE: end.failure.message,
    ...(end.condition !== undefined && {
      EXHAUSTED_RETRY_CONDITION: end.condition,
      RETRY_ATTEMPTS: String(end.attempts),
    }),
  };
  try {
    await sendToQueue(events, { queueArn, ruleArn, body: event, attributes });
    events.metrics.add(ruleArn, "InvocationsSentToDlq");
  } catch (error) {
    events.metrics.add(ruleArn, "InvocationsFailedToBeSentToDlq");
    events.cloud.log(`${what}; its dead-letter queue ${queueArn} did not take it: ${String(error)}`);
  }
}
