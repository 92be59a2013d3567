import type { Nothing } from "../../kit/operation-types.ts";
import { AwsError, isAwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { checkBatch } from "./batch.ts";
import { isFifo } from "./queue-attributes.ts";
import { findQueue } from "./queues.ts";
import type { QueueRecord, StoredMessage } from "./records.ts";
import { invalidValue } from "./errors.ts";
import type { Input, Output, Sqs } from "./context.ts";

/** Deletes a message by the handle of its last receive; an older handle of a standard queue deletes nothing. */
export function deleteMessage(sqs: Sqs, input: Input<"DeleteMessage">, context: RequestContext): Nothing {
  remove(sqs, findQueue(sqs, input.QueueUrl, context), input.ReceiptHandle);
  return {};
}

/** Deletes up to 10 messages by their receipt handles. */
export function deleteMessageBatch(
  sqs: Sqs,
  input: Input<"DeleteMessageBatch">,
  context: RequestContext,
): Output<"DeleteMessageBatch"> {
  const queue = findQueue(sqs, input.QueueUrl, context);
  return eachEntry(checkBatch(input.Entries), ({ ReceiptHandle }) => remove(sqs, queue, ReceiptHandle));
}

function remove(sqs: Sqs, queue: QueueRecord, handle: string | undefined): void {
  const message = findMessage(sqs, queue, handle);
  if (message === undefined) return;
  if (isFifo(queue) && message.visibleMs <= sqs.cloud.clock.now()) {
    throw invalidValue(handle, "ReceiptHandle", "The receipt handle has expired.");
  }
  sqs.messages.delete(message.id);
  // The next message of its group may be received now.
  if (isFifo(queue)) sqs.arrivals.announce(queue.arn);
}

/** Sets for how long a received message stays hidden, from now: 0 seconds to 12 hours. */
export function changeMessageVisibility(
  sqs: Sqs,
  input: Input<"ChangeMessageVisibility">,
  context: RequestContext,
): Nothing {
  change(sqs, findQueue(sqs, input.QueueUrl, context), input.ReceiptHandle, input.VisibilityTimeout ?? 0);
  return {};
}

/** Sets for how long up to 10 received messages stay hidden. */
export function changeMessageVisibilityBatch(
  sqs: Sqs,
  input: Input<"ChangeMessageVisibilityBatch">,
  context: RequestContext,
): Output<"ChangeMessageVisibilityBatch"> {
  const queue = findQueue(sqs, input.QueueUrl, context);
  return eachEntry(checkBatch(input.Entries), ({ ReceiptHandle, VisibilityTimeout }) =>
    change(sqs, queue, ReceiptHandle, VisibilityTimeout ?? 0),
  );
}

function change(sqs: Sqs, queue: QueueRecord, handle: string | undefined, seconds: number): void {
  if (seconds < 0 || seconds > 43_200) {
    throw invalidValue(seconds, "VisibilityTimeout", "VisibilityTimeout must be an integer between 0 and 43200.");
  }
  const message = findMessage(sqs, queue, handle);
  const now = sqs.cloud.clock.now();
  if (!isFifo(queue) && message === undefined && sqs.messages.holds(queue.arn, messageIdOf(handle))) {
    // Recorded: an older handle of a standard queue is accepted as long as its message exists.
    return;
  }
  if (message === undefined || (isFifo(queue) && message.visibleMs <= now)) {
    throw invalidValue(
      handle,
      "ReceiptHandle",
      "Message does not exist or is not available for visibility timeout change.",
    );
  }
  sqs.messages.setVisible(message.id, now + seconds * 1000);
  // Long polls wait for the time that they knew.
  sqs.arrivals.announce(queue.arn);
}

/** What a handle is made of: see `receiptOf`. */
function readHandle(handle: string | undefined): readonly string[] {
  return Buffer.from(handle ?? "", "base64")
    .toString("utf8")
    .split(" ");
}

function messageIdOf(handle: string | undefined): string {
  return readHandle(handle)[2] ?? "";
}

function findMessage(sqs: Sqs, queue: QueueRecord, handle: string | undefined): StoredMessage | undefined {
  const [, arn] = readHandle(handle);
  if (arn !== queue.arn) {
    throw new AwsError(
      "ReceiptHandleIsInvalid",
      `The input receipt handle "${handle ?? ""}" is not a valid receipt handle.`,
    );
  }
  return sqs.messages.byReceipt(queue.arn, handle ?? "");
}

function eachEntry<T extends { readonly Id?: string | undefined }>(entries: readonly T[], work: (entry: T) => void) {
  const Successful: { Id: string }[] = [];
  const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    const Id = entry.Id!;
    try {
      work(entry);
      Successful.push({ Id });
    } catch (error) {
      if (!isAwsError(error)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.queryCode ?? error.code, Message: error.message });
    }
  }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) } as {
    Successful: typeof Successful;
    Failed: typeof Failed;
  };
}
