import { randomUUID } from "node:crypto";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PutRecordCommand } from "@aws-sdk/client-kinesis";
import { PublishCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Aws } from "../../aws/aws.ts";
import { remoteError } from "../../aws/remote-error.ts";
import { RemoteError } from "../../errors.ts";
import type { SendTarget } from "./send-target.ts";

/** What is sent. */
export interface SentEvent {
  /** JSON text. */
  readonly body: string;
  /** The event's type, for a bus. @default "Test" */
  readonly detailType: string | undefined;
  /** The event's source, for a bus. @default "tidegate" */
  readonly source: string | undefined;
  /** The message group of a FIFO queue or topic, and the partition key of a stream. @default - a new one */
  readonly key: string | undefined;
}

type Send = (aws: Aws, physicalId: string, event: SentEvent) => Promise<string | undefined>;

/** Each returns the id that the service gave the event. */
const SENDERS: Readonly<Record<SendTarget["kind"], Send>> = {
  async queue(aws, QueueUrl, { body, key }) {
    const input = { QueueUrl, MessageBody: body, ...fifo(QueueUrl, key) };
    return (await (await aws.client("sqs")).send(new SendMessageCommand(input))).MessageId;
  },
  async topic(aws, TopicArn, { body, key }) {
    const input = { TopicArn, Message: body, ...fifo(TopicArn, key) };
    return (await (await aws.client("sns")).send(new PublishCommand(input))).MessageId;
  },
  async bus(aws, EventBusName, { body, detailType = "Test", source = "tidegate" }) {
    const entry = { EventBusName, Source: source, DetailType: detailType, Detail: body };
    const { Entries = [] } = await (await aws.client("eventbridge")).send(new PutEventsCommand({ Entries: [entry] }));
    const [sent] = Entries;
    // The call succeeds where an entry is refused.
    if (sent?.ErrorCode === undefined) return sent?.EventId;
    throw new RemoteError("EventRefused", `EventBridge refused the event: ${sent.ErrorMessage ?? sent.ErrorCode}`, {
      remoteCode: sent.ErrorCode,
    });
  },
  async stream(aws, StreamName, { body, key = randomUUID() }) {
    const input = { StreamName, PartitionKey: key, Data: Buffer.from(body) };
    return (await (await aws.client("kinesis")).send(new PutRecordCommand(input))).SequenceNumber;
  },
};

function fifo(physicalId: string, key: string | undefined) {
  if (!physicalId.endsWith(".fifo")) return {};
  return { MessageGroupId: key ?? "tidegate", MessageDeduplicationId: randomUUID() };
}

/** Sends an event to a queue, topic, bus or stream. Returns the id that it was given. */
export async function sendEvent({ kind, path, resource }: SendTarget, event: SentEvent): Promise<string> {
  try {
    return (await SENDERS[kind](resource.target.aws, resource.physicalId, event)) ?? "";
  } catch (error) {
    throw remoteError("SendRefused", `The ${kind} ${path} does not take the event`, error);
  }
}
