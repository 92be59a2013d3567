import type { Cloud } from "../service.ts";
import type { Authority } from "./authority.ts";
import { deliver } from "./deliver.ts";
import { toQueue, type QueueMessage } from "./to-queue.ts";

/** A delivery that is not tried again. */
export interface DeadLetter {
  /** The dead-letter queue; undefined where there is none. */
  readonly queueArn: string | undefined;
  readonly message: QueueMessage;
  /** What failed and why, for the cloud's log. */
  readonly what: string;
}

/**
 * Sends a discarded delivery to its dead-letter queue. Answers whether the queue took it, and undefined where there is no
 * queue; the log has what is lost.
 */
export async function sendDeadLetter(
  cloud: Cloud,
  { queueArn, message, what }: DeadLetter,
  authority: Authority,
): Promise<boolean | undefined> {
  if (queueArn === undefined) {
    cloud.log(what);
    return undefined;
  }
  try {
    await deliver(toQueue(cloud, queueArn, message), authority);
    return true;
  } catch (error) {
    cloud.log(`${what}; its dead-letter queue ${queueArn} did not take it: ${String(error)}`);
    return false;
  }
}
