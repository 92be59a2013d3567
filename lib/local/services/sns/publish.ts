import { randomUUID } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { identify } from "./fifo.ts";
import { wants } from "./filter-policy.ts";
import { readMessageAttributes, sizeOfAttributes } from "./message-attributes.ts";
import { validateMessage, type MessageInput } from "./message-rules.ts";
import type { PublishedMessage, TopicRecord } from "./records.ts";
import { requireTopic, subscriptionsOf, type Input, type Output, type Sns } from "./context.ts";
import { invalidParameter } from "./errors.ts";

const LONGEST_BYTES = 262_144;
const MOST_ENTRIES = 10;

/** Sends a message of at most 256 KiB to a topic's subscriptions. Deliveries go on after the answer. */
export function publish(sns: Sns, input: Input<"Publish">, context: RequestContext): Output<"Publish"> {
  if (input.PhoneNumber !== undefined) return publishToPhone(sns, input);
  const arn = input.TopicArn ?? input.TargetArn;
  if (arn === undefined) throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
  const topic = requireTopic(sns, context, arn);
  const prepared = prepare(sns, topic, input);
  if (sizeOf(prepared) > LONGEST_BYTES) throw invalidParameter("Message too long");
  return sns.cloud.store.transaction(() => fanOut(sns, topic, prepared));
}

/** No text goes out from here: the cloud's log says what would have been sent. */
function publishToPhone(sns: Sns, input: Input<"Publish">): Output<"Publish"> {
  const number = input.PhoneNumber!;
  if (!/^\+[1-9]\d{1,14}$/.test(number)) {
    throw invalidParameter(`PhoneNumber Reason: ${number} is not valid to publish to`);
  }
  validateMessage(input, false);
  sns.cloud.log(
    `sns: no text message was sent to ${number}, for this cloud has no phone: ${JSON.stringify(input.Message)}`,
  );
  return { MessageId: randomUUID() };
}

/** Sends up to 10 messages, at most 256 KiB together. Those that are refused come back as failed. */
export function publishBatch(sns: Sns, input: Input<"PublishBatch">, context: RequestContext): Output<"PublishBatch"> {
  const topic = requireTopic(sns, context, input.TopicArn);
  const entries = input.PublishBatchRequestEntries ?? [];
  validateEntries(entries.map(({ Id }) => Id ?? ""));
  const prepared = entries.map((entry) => ({ Id: entry.Id, message: prepare(sns, topic, entry) }));
  if (prepared.reduce((sum, { message }) => sum + sizeOf(message), 0) > LONGEST_BYTES) {
    throw new AwsError(
      "BatchRequestTooLongException",
      "The length of all the messages put together is more than the limit.",
    );
  }
  return sns.cloud.store.transaction(() => ({
    Successful: prepared.map(({ Id, message }) => ({ Id, ...fanOut(sns, topic, message) })),
    Failed: [],
  }));
}

function validateEntries(ids: readonly string[]): void {
  if (ids.length === 0) {
    throw new AwsError("EmptyBatchRequestException", "The batch request doesn't contain any entries.");
  }
  if (ids.length > MOST_ENTRIES) {
    throw new AwsError(
      "TooManyEntriesInBatchRequestException",
      "The batch request contains more entries than permissible.",
    );
  }
  const long = ids.find((id) => id.length > 80);
  if (long !== undefined) throw invalidId(`is too long: ${long}`);
  const odd = ids.find((id) => !/^[\w-]+$/.test(id));
  if (odd !== undefined) throw invalidId(`contains an impermissible character: ${odd}`);
  if (new Set(ids).size < ids.length) {
    throw new AwsError(
      "BatchEntryIdsNotDistinctException",
      "Two or more batch entries in the request have the same Id.",
    );
  }
}

function invalidId(problem: string): AwsError {
  return new AwsError("InvalidBatchEntryIdException", `The Id of a batch entry in the batch request ${problem}`);
}

/** A message that may be published; it has its numbers only once it is. */
type Prepared = Omit<PublishedMessage, "id" | "sequenceNumber">;

function prepare(sns: Sns, topic: TopicRecord, input: MessageInput): Prepared {
  validateMessage(input, topic.isFifo, topic.attributes["ContentBasedDeduplication"] === "true");
  return {
    topicArn: topic.arn,
    publishedMs: sns.cloud.clock.now(),
    text: input.Message!,
    subject: input.Subject,
    isStructured: input.MessageStructure === "json",
    attributes: readMessageAttributes(input.MessageAttributes),
    groupId: input.MessageGroupId,
    deduplicationId: input.MessageDeduplicationId,
  };
}

function sizeOf({ text, attributes }: Prepared): number {
  return Buffer.byteLength(text) + sizeOfAttributes(attributes);
}

/** Queues the message for each subscription whose filter matches. Call it in a transaction. */
function fanOut(sns: Sns, topic: TopicRecord, prepared: Prepared): { MessageId: string; SequenceNumber?: string } {
  const { isNew, id, ...numbers } = identify(sns, topic, prepared);
  const message = { ...prepared, id, ...numbers };
  const answer = { MessageId: id, ...(numbers.sequenceNumber && { SequenceNumber: numbers.sequenceNumber }) };
  if (!isNew) return answer;
  sns.metrics.add(topic.arn, "NumberOfMessagesPublished");
  sns.metrics.add(topic.arn, "PublishSize", sizeOf(prepared));
  for (const subscription of subscriptionsOf(sns, topic)) {
    if (subscription.isPending) continue;
    if (!wants(subscription, message)) sns.metrics.add(topic.arn, "NumberOfNotificationsFilteredOut");
    else sns.outbox.add({ kind: "Notification", subscription: subscription.arn, message });
  }
  return answer;
}
