import type { Checked } from "../../kit/checked.ts";
import { randomUUID } from "node:crypto";
import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { RequestContext } from "../../service.ts";
import { md5, md5OfAttributes } from "./digests.ts";
import { isFifo, numberOf, redriveOf } from "./queue-attributes.ts";
import { byArn, findQueue } from "./queues.ts";
import type { QueueRecord, StoredMessage } from "./records.ts";
import { invalidValue } from "./errors.ts";
import { sequenceOf } from "./send.ts";
import type { Input, Output, Sqs } from "./context.ts";
import { hidingOf, releaseAfterWork } from "./work-hold.ts";

/** More than this may be in flight in no queue (AWS's quotas). */
const MOST_IN_FLIGHT = { standard: 120_000, fifo: 20_000 };

/** Receives messages; with a wait, until there is one or the time is over. */
export async function receiveMessage(
  sqs: Sqs,
  input: Input<"ReceiveMessage">,
  context: RequestContext,
): Promise<Output<"ReceiveMessage">> {
  const queue = findQueue(sqs, input.QueueUrl, context);
  check(input);
  const seconds = input.WaitTimeSeconds ?? numberOf(queue, "ReceiveMessageWaitTimeSeconds");
  const endMs = sqs.cloud.clock.now() + seconds * 1000;
  for (;;) {
    const messages = takeMessages(sqs, input, context);
    if (messages.length > 0) return { Messages: messages };
    if (sqs.cloud.clock.now() >= endMs || context.http?.socket.destroyed === true) return {};
    await nextChance(sqs, queue, endMs, context);
  }
}

function check({ MaxNumberOfMessages = 1, VisibilityTimeout = 0, WaitTimeSeconds = 0 }: Input<"ReceiveMessage">): void {
  if (MaxNumberOfMessages < 1 || MaxNumberOfMessages > 10) {
    throw invalidValue(MaxNumberOfMessages, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.");
  }
  if (WaitTimeSeconds < 0 || WaitTimeSeconds > 20) {
    throw invalidValue(WaitTimeSeconds, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.");
  }
  if (VisibilityTimeout < 0 || VisibilityTimeout > 43_200) {
    throw invalidValue(VisibilityTimeout, "VisibilityTimeout", "Must be between 0 and 43200, if provided.");
  }
}

function takeMessages(sqs: Sqs, input: Input<"ReceiveMessage">, context: RequestContext): Checked<Message>[] {
  const queue = findQueue(sqs, input.QueueUrl, context);
  const { clock, store } = sqs.cloud;
  const now = clock.now();
  const fifo = isFifo(queue);
  const hiding = hidingOf(sqs, queue, input, context);
  const count = Math.min(input.MaxNumberOfMessages ?? 1, room(sqs, queue, fifo, now));
  if (count <= 0) return [];
  const received = store.transaction(() => {
    sqs.messages.expire(queue.arn, now);
    const taken: Checked<Message>[] = [];
    while (taken.length < count) {
      const left = count - taken.length;
      const found = fifo
        ? sqs.messages.receivableInOrder(queue.arn, now, left)
        : sqs.messages.receivable(queue.arn, now, left);
      // What is received with no visibility timeout stays receivable, and is not received twice in one call.
      const fresh = found.filter(({ messageId }) => !taken.some((message) => message.MessageId === messageId));
      if (fresh.length === 0) break;
      for (const message of fresh) {
        if (giveUp(sqs, queue, message, now)) continue;
        const receipt = receiptOf(queue, message, now);
        sqs.messages.received(message, receipt, now, hiding.untilMs);
        taken.push(shown(queue, message, receipt, now, input));
      }
    }
    return taken;
  });
  if (context.work !== undefined && received.length > 0) {
    const receipts = received.map(({ ReceiptHandle = "" }) => ReceiptHandle);
    releaseAfterWork(sqs, queue, receipts, hiding, context.work);
  }
  return received;
}

function room(sqs: Sqs, queue: QueueRecord, fifo: boolean, now: number): number {
  const most = fifo ? MOST_IN_FLIGHT.fifo : MOST_IN_FLIGHT.standard;
  return most - sqs.messages.inFlight(queue.arn, now);
}

/** Moves a message that was received as often as its queue allows to the dead-letter queue. */
function giveUp(sqs: Sqs, queue: QueueRecord, message: StoredMessage, now: number): boolean {
  const redrive = redriveOf(queue);
  if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
  const target = byArn(sqs, redrive.targetArn);
  if (target === undefined) return false;
  const retentionMs = numberOf(target, "MessageRetentionPeriod") * 1000;
  sqs.messages.delete(message.id);
  sqs.messages.add(target.arn, {
    ...message,
    sourceArn: queue.arn,
    visibleMs: now,
    // A standard message keeps its age: it expires by when it was first sent.
    expiresMs: (isFifo(queue) ? now : message.sentMs) + retentionMs,
  });
  sqs.arrivals.announce(target.arn);
  return true;
}

function receiptOf(queue: QueueRecord, { messageId }: StoredMessage, now: number): string {
  return Buffer.from(`${randomUUID()} ${queue.arn} ${messageId} ${now / 1000}`).toString("base64");
}

function shown(
  queue: QueueRecord,
  message: StoredMessage,
  receipt: string,
  now: number,
  input: Input<"ReceiveMessage">,
): Checked<Message> {
  const attributes = wantedAttributes(message.attributes, input.MessageAttributeNames ?? []);
  const system = systemAttributes(queue, message, now);
  const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])] as string[];
  const shownSystem = Object.entries(system).filter(([name]) => names.includes("All") || names.includes(name));
  return {
    MessageId: message.messageId,
    ReceiptHandle: receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(shownSystem.length > 0 && { Attributes: Object.fromEntries(shownSystem) }),
    ...(Object.keys(attributes).length > 0 && {
      MD5OfMessageAttributes: md5OfAttributes(attributes),
      MessageAttributes: attributes,
    }),
  };
}

function systemAttributes(queue: QueueRecord, message: StoredMessage, now: number): Record<string, string> {
  const { groupId, deduplicationId, sourceArn } = message;
  return {
    SenderId: queue.account,
    SentTimestamp: String(message.sentMs),
    ApproximateReceiveCount: String(message.receiveCount + 1),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedMs ?? now),
    ...message.systemAttributes,
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
    ...(isFifo(queue) && { SequenceNumber: sequenceOf(message.id) }),
    ...(sourceArn !== undefined && { DeadLetterQueueSourceArn: sourceArn }),
  };
}

/** `All`, `.*`, `*`, exact names, and prefixes that end with `.*`. */
function wantedAttributes(
  attributes: StoredMessage["attributes"],
  names: readonly string[],
): Record<string, Checked<MessageAttributeValue>> {
  if (["All", ".*", "*"].some((all) => names.includes(all))) return { ...attributes };
  const prefixes = names.filter((name) => name.endsWith(".*")).map((name) => name.slice(0, -2));
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([name]) => names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)),
    ),
  );
}

/** Waits for an arrival, for a message that becomes visible, or for the end of the poll. */
function nextChance(sqs: Sqs, queue: QueueRecord, endMs: number, { http }: RequestContext): Promise<void> {
  const { clock } = sqs.cloud;
  const dueMs = sqs.messages.nextVisibleMs(queue.arn, clock.now());
  return new Promise((resolve) => {
    const end = () => {
      stop();
      cancel();
      http?.socket.off("close", end);
      resolve();
    };
    const stop = sqs.arrivals.watch(queue.arn, end);
    const cancel = clock.at(Math.min(endMs, dueMs ?? endMs), end);
    http?.socket.once("close", end);
  });
}
