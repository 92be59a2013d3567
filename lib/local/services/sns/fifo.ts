import { createHash, randomUUID } from "node:crypto";
import type { PublishedMessage, TopicRecord } from "./records.ts";
import type { Sns } from "./context.ts";

const WINDOW_MS = 5 * 60_000;
/** Numbers have twenty digits and grow; AWS's begin high. */
const FIRST_NUMBER = 10_000_000_000_000_000_000n;

interface Identity {
  /** Not published in the last five minutes. */
  readonly isNew: boolean;
  readonly id: string;
  readonly sequenceNumber: string | undefined;
  readonly deduplicationId: string | undefined;
}

/** Numbers a message, or finds the same one that a FIFO topic took before. Call it in a transaction. */
export function identify(
  sns: Sns,
  topic: TopicRecord,
  message: Pick<PublishedMessage, "text" | "groupId" | "deduplicationId">,
): Identity {
  if (!topic.isFifo) return { isNew: true, id: randomUUID(), sequenceNumber: undefined, deduplicationId: undefined };
  const deduplicationId = message.deduplicationId ?? createHash("sha256").update(message.text).digest("hex");
  const isPerGroup = topic.attributes["FifoThroughputScope"] === "MessageGroup";
  const topicKey = `${topic.region}/${topic.name}`;
  const key = `${topicKey}/${isPerGroup ? `${message.groupId}/` : ""}${deduplicationId}`;
  const now = sns.cloud.clock.now();
  const before = sns.deduplications.get(key);
  if (before !== undefined && before.untilMs > now) {
    return { isNew: false, id: before.messageId, sequenceNumber: before.sequenceNumber, deduplicationId };
  }
  forgetPast(sns, topicKey, now);
  const number = (sns.sequences.get(topicKey) ?? FIRST_NUMBER) + 1n;
  sns.sequences.put(topicKey, number);
  const made = { messageId: randomUUID(), sequenceNumber: String(number) };
  sns.deduplications.put(key, { ...made, untilMs: now + WINDOW_MS });
  return { isNew: true, id: made.messageId, sequenceNumber: made.sequenceNumber, deduplicationId };
}

/** A sweep reads all of them: once a minute is enough. */
const SWEEP_MS = 60_000;

function forgetPast(sns: Sns, topicKey: string, now: number): void {
  if (now - (sns.sweptMs.get(topicKey) ?? 0) < SWEEP_MS) return;
  sns.sweptMs.set(topicKey, now);
  for (const [key, { untilMs }] of sns.deduplications.list(`${topicKey}/`)) {
    if (untilMs <= now) sns.deduplications.delete(key);
  }
}
