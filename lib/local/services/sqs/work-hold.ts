import type { RequestContext } from "../../service.ts";
import { numberOf } from "./queue-attributes.ts";
import type { QueueRecord } from "./records.ts";
import type { Input, Sqs } from "./context.ts";

/** How long messages are hidden that a receive takes now. */
export interface Hiding {
  /** The visibility timeout, of the request or the queue. */
  readonly timeoutMs: number;
  /** When the messages become visible again, in the cloud's time. */
  readonly untilMs: number;
}

/**
 * Hides what an event source receives for the visibility timeout by the machine's clock: a function takes the machine's
 * time, and Lambda requires that messages stay hidden for as long as it may run. Others hide them by the cloud's clock.
 */
export function hidingOf(
  sqs: Sqs,
  queue: QueueRecord,
  { VisibilityTimeout }: Input<"ReceiveMessage">,
  { work }: RequestContext,
): Hiding {
  const { clock } = sqs.cloud;
  const timeoutMs = (VisibilityTimeout ?? numberOf(queue, "VisibilityTimeout")) * 1000;
  const speed = work === undefined ? 1 : Math.max(1, clock.speed);
  return { timeoutMs, untilMs: clock.now() + Math.ceil(timeoutMs * speed) };
}

/**
 * When the work ends, lets what is left of the visibility timeout pass by the cloud's clock. Messages that were deleted,
 * received again, or given another timeout meanwhile are left as they are.
 */
export function releaseAfterWork(
  sqs: Sqs,
  queue: QueueRecord,
  receipts: readonly string[],
  { timeoutMs, untilMs }: Hiding,
  work: AbortSignal,
): void {
  const startedMs = performance.now();
  const release = () => {
    // After a stop the store is closed; the messages become visible in a new start.
    if (sqs.stopping.signal.aborted) return;
    const now = sqs.cloud.clock.now();
    const visibleMs = now + Math.max(0, Math.ceil(timeoutMs - (performance.now() - startedMs)));
    if (untilMs <= Math.max(now, visibleMs)) return;
    for (const receipt of receipts) {
      const message = sqs.messages.byReceipt(queue.arn, receipt);
      if (message?.visibleMs === untilMs) sqs.messages.setVisible(message.id, visibleMs);
    }
    // Long polls wait for the time that they knew.
    sqs.arrivals.announce(queue.arn);
  };
  work.addEventListener("abort", release, { once: true });
}
