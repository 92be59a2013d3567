import type { Checked } from "../../kit/checked.ts";
import type { MessageAttributeValue } from "@aws-sdk/client-sqs";

/** A queue. */
export interface QueueRecord {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly arn: string;
  /** What was set, by AWS's names; defaults are filled in where they are read. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly modifiedMs: number;
  readonly purgedMs?: number;
}

/** A message as it is sent. */
export interface NewMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, Checked<MessageAttributeValue>>>;
  readonly systemAttributes: Readonly<Record<string, string>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sentMs: number;
  readonly visibleMs: number;
  readonly expiresMs: number;
}

/** A message as it is kept. */
export interface StoredMessage extends NewMessage {
  /** In the order of sending. */
  readonly id: number;
  readonly receiveCount: number;
  readonly firstReceivedMs?: number;
  /** The handle of the last receive. */
  readonly receipt?: string;
  /** The queue that gave the message up to this one. */
  readonly sourceArn?: string;
}

/** Messages on their way out of a dead-letter queue. */
export interface MoveTaskRecord {
  readonly handle: string;
  readonly region: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  readonly perSecond?: number;
  readonly status: "RUNNING" | "COMPLETED" | "CANCELLING" | "CANCELLED" | "FAILED";
  readonly startedMs: number;
  readonly moved: number;
  readonly toMove: number;
  readonly failure?: string;
}
