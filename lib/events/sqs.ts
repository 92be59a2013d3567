import { createHash } from "node:crypto";
import { asText, SAMPLE, sampleArn } from "./sample.ts";

/** A message of a queue. */
export interface SqsMessageInput {
  /** Sent as JSON where it is not text. */
  readonly body: unknown;
  /** @default - numbered within the event */
  readonly messageId?: string;
  /** Attributes of the type String. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Of a FIFO queue. */
  readonly groupId?: string;
  /** How often the message was received. @default 1 */
  readonly receiveCount?: number;
}

/** Which queue messages come from. */
export interface SqsEventOptions {
  /** The queue's ARN. @default - a queue `orders` of a sample account */
  readonly queueArn?: string;
}

/**
 * The event of a queue, with one record a message.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function sqsEvent(messages: readonly SqsMessageInput[], options: SqsEventOptions = {}) {
  const { queueArn = sampleArn("sqs", "orders") } = options;
  return { Records: messages.map((message, index) => toRecord(message, index, queueArn)) };
}

function toRecord(
  { body, messageId, attributes = {}, groupId, receiveCount = 1 }: SqsMessageInput,
  index: number,
  queueArn: string,
) {
  const text = asText(body);
  return {
    messageId: messageId ?? `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`,
    receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
    body: text,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(SAMPLE.timeMs),
      ...(groupId === undefined
        ? {}
        : {
            SequenceNumber: "18849496460467696128",
            MessageGroupId: groupId,
            MessageDeduplicationId: String(index + 1),
          }),
      SenderId: SAMPLE.account,
      ApproximateFirstReceiveTimestamp: String(SAMPLE.timeMs + 1),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [
        name,
        { stringValue, stringListValues: [], binaryListValues: [], dataType: "String" },
      ]),
    ),
    md5OfBody: createHash("md5").update(text).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: SAMPLE.region,
  };
}
