import type { Delivery } from "../records.ts";
import { sendDeadLetter } from "../../../delivery/dead-letter.ts";
import type { DeliveryFailure } from "../../../delivery/failure.ts";
import type { ExhaustedLimit } from "../../../delivery/retry.ts";
import { textAttributes } from "../../../delivery/to-queue.ts";
import type { Events } from "../context.ts";
import { byResourcePolicy } from "./authority.ts";

/** How a delivery ended. */
export interface DeadEnd {
  readonly failure: DeliveryFailure;
  readonly attempts: number;
  readonly condition: ExhaustedLimit | undefined;
}

/**
 * Sends an event that could not be delivered to the target's dead-letter queue, with the attributes that AWS gives it:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export async function buryDeadLetter(events: Events, delivery: Delivery, end: DeadEnd): Promise<void> {
  const { target, ruleArn, event: body } = delivery;
  const { failure, attempts, condition } = end;
  const attributes = textAttributes({
    RULE_ARN: ruleArn,
    TARGET_ARN: target.Arn ?? "",
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    ...(condition !== undefined && { EXHAUSTED_RETRY_CONDITION: condition, RETRY_ATTEMPTS: String(attempts) }),
  });
  const what = `events: ${ruleArn} could not reach ${target.Arn} (${failure.code}): ${failure.message}`;
  const letter = { queueArn: target.DeadLetterConfig?.Arn, message: { body, attributes }, what };
  const isSent = await sendDeadLetter(events.cloud, letter, byResourcePolicy(events, delivery));
  if (isSent === undefined) return;
  events.metrics.add(ruleArn, isSent ? "InvocationsSentToDlq" : "InvocationsFailedToBeSentToDlq");
}
