import type { Checked } from "../../kit/checked.ts";
import { randomUUID } from "node:crypto";
import type { MessageAttributeValue, SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";
import { AwsError, isAwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { checkBatch } from "./batch.ts";
import { contentDigest, md5, md5OfAttributes } from "./digests.ts";
import { isFifo, numberOf } from "./queue-attributes.ts";
import { findQueue } from "./queues.ts";
import type { QueueRecord } from "./records.ts";
import { invalidParameter, invalidValue, missingParameter } from "./errors.ts";
import type { Input, Output, Sqs } from "./context.ts";

type Sending = Omit<Input<"SendMessage">, "QueueUrl">;

const ID = /^[\x21-\x7e]{1,128}$/;
const ID_RULE = "can only include alphanumeric and punctuation characters. 1 to 128 in length.";
/** XML 1.0, as the API reference has it. */
// oxlint-disable-next-line no-control-regex -- these are the characters that AWS refuses
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const LARGEST_BATCH_BYTES = 1_048_576;

/** Sends a message, at most as large as the queue allows (1 MiB), and returns its id and digests. */
export function sendMessage(sqs: Sqs, input: Input<"SendMessage">, context: RequestContext): Output<"SendMessage"> {
  return send(sqs, findQueue(sqs, input.QueueUrl, context), input);
}

/** Sends up to 10 messages, at most 1 MiB together. Those that are refused come back as failed. */
export function sendMessageBatch(
  sqs: Sqs,
  input: Input<"SendMessageBatch">,
  context: RequestContext,
): Output<"SendMessageBatch"> {
  const queue = findQueue(sqs, input.QueueUrl, context);
  const entries = checkBatch(input.Entries);
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > LARGEST_BATCH_BYTES) {
    throw new AwsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${LARGEST_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
    );
  }
  if (isFifo(queue)) for (const entry of entries) checkFifoIds(queue, entry);
  const answer: Required<Output<"SendMessageBatch">> = { Successful: [], Failed: [] };
  for (const entry of entries) sendEntry(sqs, queue, entry, answer);
  return withoutEmptyLists(answer);
}

function sendEntry(
  sqs: Sqs,
  queue: QueueRecord,
  entry: Checked<SendMessageBatchRequestEntry>,
  answer: Required<Output<"SendMessageBatch">>,
) {
  const { Id } = entry;
  try {
    answer.Successful.push({ Id, ...(send(sqs, queue, entry) as Required<Output<"SendMessage">>) });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    answer.Failed.push({
      Id,
      SenderFault: true,
      Code: error.queryCode ?? error.code,
      Message: batchWords(error.message),
    });
  }
}

/** AWS words the same refusal differently in a batch. */
function batchWords(message: string): string {
  return message.replace(/^One or more parameters are invalid\./, "One or more parameters cannot be validated.");
}

/** Lists without an entry are left out, as AWS does. */
function withoutEmptyLists(answer: Required<Output<"SendMessageBatch">>): Output<"SendMessageBatch"> {
  const { Successful, Failed } = answer;
  return {
    ...(Successful.length > 0 ? { Successful } : {}),
    ...(Failed.length > 0 ? { Failed } : {}),
  } as Output<"SendMessageBatch">;
}

function send(sqs: Sqs, queue: QueueRecord, input: Sending): Output<"SendMessage"> {
  const body = checkBody(queue, input);
  const attributes = checkMessageAttributes(input.MessageAttributes ?? {});
  const fifo = isFifo(queue) ? checkFifo(queue, input, body) : checkStandard(input);
  const systemAttributes = Object.fromEntries(
    Object.entries(input.MessageSystemAttributes ?? {}).map(([name, value]) => [name, value.StringValue ?? ""]),
  );
  const digests = {
    MD5OfMessageBody: md5(body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(input.MessageSystemAttributes ?? {}),
  };
  const now = sqs.cloud.clock.now();
  const scope = fifo.scope;
  if (fifo.deduplicationId !== undefined) {
    const known = sqs.messages.duplicate(queue.arn, scope, fifo.deduplicationId, now);
    if (known !== undefined) return { ...digests, MessageId: known.messageId, SequenceNumber: known.sequence };
  }
  const messageId = randomUUID();
  const delayMs =
    (fifo.isFifo ? numberOf(queue, "DelaySeconds") : (input.DelaySeconds ?? numberOf(queue, "DelaySeconds"))) * 1000;
  const id = sqs.messages.add(queue.arn, {
    messageId,
    body,
    attributes,
    systemAttributes,
    sentMs: now,
    visibleMs: now + delayMs,
    expiresMs: now + numberOf(queue, "MessageRetentionPeriod") * 1000,
    ...(fifo.groupId !== undefined && { groupId: fifo.groupId }),
    ...(fifo.deduplicationId !== undefined && { deduplicationId: fifo.deduplicationId }),
  });
  const sequence = sequenceOf(id);
  if (fifo.deduplicationId !== undefined) {
    sqs.messages.remember(queue.arn, scope, fifo.deduplicationId, { messageId, sequence }, now);
  }
  sqs.arrivals.announce(queue.arn);
  return { ...digests, MessageId: messageId, ...(fifo.isFifo && { SequenceNumber: sequence }) };
}

/** Twenty digits that grow with each message. */
export function sequenceOf(id: number): string {
  return `1889${String(id).padStart(16, "0")}`;
}

function checkBody(queue: QueueRecord, input: Sending): string {
  const body = input.MessageBody ?? "";
  if (body === "") throw missingParameter("MessageBody");
  const unfit = UNFIT.exec(body);
  if (unfit !== null) {
    throw new AwsError(
      "InvalidMessageContents",
      `Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`,
    );
  }
  const most = numberOf(queue, "MaximumMessageSize");
  if (sizeOf(input) > most) {
    throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  }
  const delay = input.DelaySeconds ?? 0;
  if (delay < 0 || delay > 900) throw invalidValue(delay, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
  return body;
}

/** Body and attributes count together. */
function sizeOf({ MessageBody, MessageAttributes = {} }: Pick<Sending, "MessageBody" | "MessageAttributes">): number {
  const attributes = Object.entries(MessageAttributes).map(
    ([name, { DataType, StringValue = "", BinaryValue }]) =>
      Buffer.byteLength(name) + DataType.length + Buffer.byteLength(StringValue) + (BinaryValue?.length ?? 0),
  );
  return Buffer.byteLength(MessageBody) + attributes.reduce((sum, bytes) => sum + bytes, 0);
}

function checkMessageAttributes(
  given: Record<string, Checked<MessageAttributeValue>>,
): Record<string, Checked<MessageAttributeValue>> {
  if (Object.keys(given).length > 10) {
    throw invalidParameter(
      `Number of message attributes [${Object.keys(given).length}] exceeds the allowed maximum [10].`,
    );
  }
  for (const [name, { DataType = "", StringValue, BinaryValue }] of Object.entries(given)) {
    const [kind] = DataType.split(".");
    if (!["String", "Number", "Binary"].includes(kind ?? "")) {
      throw invalidParameter(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    }
    const value = kind === "Binary" ? BinaryValue : StringValue;
    if (value === undefined || value.length === 0) {
      throw invalidParameter(
        `The message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`,
      );
    }
  }
  return given;
}

interface Placing {
  readonly isFifo: boolean;
  readonly scope: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

function checkStandard({ MessageGroupId, MessageDeduplicationId }: Sending): Placing {
  if (MessageDeduplicationId !== undefined) {
    throw invalidValue(
      MessageDeduplicationId,
      "MessageDeduplicationId",
      "The request includes a parameter that is not valid for this queue type.",
    );
  }
  if (MessageGroupId !== undefined && !ID.test(MessageGroupId))
    throw invalidValue(MessageGroupId, "MessageGroupId", `MessageGroupId ${ID_RULE}`);
  return { isFifo: false, scope: "", ...(MessageGroupId !== undefined && { groupId: MessageGroupId }) };
}

/** Refuses a message to a FIFO queue without its group, or without a deduplication id; returns its group. */
function checkFifoIds(queue: QueueRecord, { MessageGroupId, MessageDeduplicationId }: Sending): string {
  if (MessageGroupId === undefined) throw missingParameter("MessageGroupId");
  const isByContent = queue.attributes["ContentBasedDeduplication"] === "true";
  if (MessageDeduplicationId === undefined && !isByContent) {
    throw invalidParameter(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return MessageGroupId;
}

function checkFifo(queue: QueueRecord, input: Sending, body: string): Placing {
  const MessageGroupId = checkFifoIds(queue, input);
  const { MessageDeduplicationId, DelaySeconds } = input;
  if (!ID.test(MessageGroupId)) throw invalidValue(MessageGroupId, "MessageGroupId", `MessageGroupId ${ID_RULE}`);
  if (MessageDeduplicationId !== undefined && !ID.test(MessageDeduplicationId)) {
    throw invalidValue(MessageDeduplicationId, "MessageDeduplicationId", `MessageDeduplicationId ${ID_RULE}`);
  }
  if (DelaySeconds !== undefined && DelaySeconds !== 0) {
    throw invalidValue(
      DelaySeconds,
      "DelaySeconds",
      "The request include parameter that is not valid for this queue type.",
    );
  }
  const deduplicationId = MessageDeduplicationId ?? contentDigest(body);
  const perGroup = queue.attributes["DeduplicationScope"] === "messageGroup";
  return { isFifo: true, scope: perGroup ? MessageGroupId : "", groupId: MessageGroupId, deduplicationId };
}
