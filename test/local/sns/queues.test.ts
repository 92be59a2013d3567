import {
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  type PublishBatchRequestEntry,
} from "@aws-sdk/client-sns";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { eventually, topicsOf } from "./sns-fixture.ts";

let cloud: TestCloud;
let make: ReturnType<typeof topicsOf>;
let sqs: SQSClient;
const any = expect.any(String) as string;

beforeAll(async () => {
  cloud = await startTestCloud({ log: () => undefined });
  make = topicsOf(cloud);
  sqs = cloud.client(SQSClient);
});
afterAll(() => cloud.stop());

interface Queue {
  readonly QueueUrl: string;
  readonly arn: string;
}

/** A queue that topics may send to. */
async function queue(QueueName: string, topicArn = "*"): Promise<Queue> {
  const isFifo = QueueName.endsWith(".fifo");
  const arn = `arn:aws:sqs:us-east-1:000000000000:${QueueName}`;
  const Statement = [
    {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arn,
      Condition: { ArnLike: { "aws:SourceArn": topicArn } },
    },
  ];
  const Attributes = {
    Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
    ...(isFifo && { FifoQueue: "true" }),
  };
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return { QueueUrl, arn };
}

/** The next messages in the order in which they come; each is taken out of the queue. */
async function receive({ QueueUrl }: Queue, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  await eventually(async () => {
    const answer = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    for (const message of answer.Messages ?? []) {
      messages.push(message);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
    return messages.length >= count;
  });
  return messages;
}

const bodies = (messages: readonly Message[]) =>
  messages.map(({ Body }) => JSON.parse(Body!) as Record<string, unknown>);

test("a queue gets the envelope that AWS sends, or the message alone", async () => {
  const [TopicArn, wrapped, raw] = await Promise.all([make.topic("two-ways"), queue("wrapped"), queue("raw")]);
  const subscription = await make.subscribe(TopicArn, "sqs", wrapped.arn);
  await make.subscribe(TopicArn, "sqs", raw.arn, { RawMessageDelivery: "true" });
  const { MessageId } = await make.sns.send(
    new PublishCommand({
      TopicArn,
      Message: "text",
      Subject: "A subject",
      MessageGroupId: "tenant-1",
      MessageAttributes: {
        key: { DataType: "String", StringValue: "value" },
        binary: { DataType: "Binary", BinaryValue: Buffer.from([2, 3, 4]) },
      },
    }),
  );
  const [inEnvelope] = await receive(wrapped, 1);
  expect(JSON.parse(inEnvelope!.Body!)).toEqual({
    Type: "Notification",
    MessageId,
    TopicArn,
    Subject: "A subject",
    Message: "text",
    Timestamp: any,
    SignatureVersion: "1",
    Signature: any,
    SigningCertURL: any,
    UnsubscribeURL: `${cloud.endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
    MessageAttributes: { key: { Type: "String", Value: "value" }, binary: { Type: "Binary", Value: "AgME" } },
  });
  expect(inEnvelope!.MessageAttributes).toBeUndefined();
  expect(inEnvelope!.Attributes).toMatchObject({ MessageGroupId: "tenant-1" });
  const [alone] = await receive(raw, 1);
  expect(alone).toMatchObject({
    Body: "text",
    MessageAttributes: {
      key: { DataType: "String", StringValue: "value" },
      binary: { DataType: "Binary", BinaryValue: new Uint8Array([2, 3, 4]) },
    },
  });
});

test("a batch reaches the queue, each message with its own text", async () => {
  const [TopicArn, to] = await Promise.all([make.topic("batch"), queue("batch")]);
  await make.subscribe(TopicArn, "sqs", to.arn, { RawMessageDelivery: "true" });
  const { Successful, Failed } = await make.sns.send(
    new PublishBatchCommand({
      TopicArn,
      PublishBatchRequestEntries: [
        { Id: "1", Message: "one" },
        { Id: "2", Message: JSON.stringify({ default: "default", sqs: "for queues" }), MessageStructure: "json" },
      ],
    }),
  );
  expect(Failed ?? []).toEqual([]);
  expect(Successful?.map(({ Id }) => Id)).toEqual(["1", "2"]);
  const got = await receive(to, 2);
  expect(new Set(got.map(({ Body }) => Body))).toEqual(new Set(["one", "for queues"]));
});

test("what a queue cannot take goes to the subscription's dead-letter queue, at once", async () => {
  const TopicArn = await make.topic("undeliverable");
  const [gone, closed, dead] = await Promise.all([
    queue("gone"),
    queue("closed", "arn:aws:sns:*:*:another"),
    queue("dead"),
  ]);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
  await make.subscribe(TopicArn, "sqs", gone.arn, { RedrivePolicy, RawMessageDelivery: "true" });
  await make.subscribe(TopicArn, "sqs", closed.arn, { RedrivePolicy });
  await sqs.send(new DeleteQueueCommand({ QueueUrl: gone.QueueUrl }));
  const MessageAttributes = { attr1: { DataType: "Number", StringValue: "111" } };
  await make.sns.send(new PublishCommand({ TopicArn, Message: "lost", MessageAttributes }));
  const messages = await receive(dead, 2);
  const raw = messages.find(({ Body }) => Body === "lost");
  expect(raw?.MessageAttributes).toEqual({ attr1: { DataType: "Number", StringValue: "111" } });
  const wrapped = messages.find(({ Body }) => Body !== "lost")!;
  expect(JSON.parse(wrapped.Body!)).toMatchObject({
    Message: "lost",
    MessageAttributes: { attr1: { Type: "Number", Value: "111" } },
  });
});

test("a FIFO topic keeps its groups' order in a FIFO queue, and takes nothing twice", async () => {
  const TopicArn = await make.topic("ordered.fifo");
  const [ordered, loose] = await Promise.all([queue("ordered.fifo"), queue("loose")]);
  const subscription = await make.subscribe(TopicArn, "sqs", ordered.arn);
  await make.subscribe(TopicArn, "sqs", loose.arn);
  const entries: PublishBatchRequestEntry[] = Array.from({ length: 10 }, (_each, index) => ({
    Id: String(index),
    Message: `message ${index}`,
    MessageGroupId: `group ${index % 2}`.replace(" ", "-"),
    MessageDeduplicationId: `id-${index}`,
  }));
  const publish = () => make.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
  const first = await publish();
  expect(await publish()).toMatchObject({ Successful: first.Successful });
  const numbers = first.Successful!.map(({ SequenceNumber }) => BigInt(SequenceNumber!));
  expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : 1)));
  const got = await receive(ordered, 10);
  for (const group of ["group-0", "group-1"]) {
    const texts = bodies(got.filter(({ Attributes }) => Attributes?.MessageGroupId === group));
    const wanted = entries.filter(({ MessageGroupId }) => MessageGroupId === group);
    expect(texts.map((body) => body["Message"])).toEqual(wanted.map((entry) => entry.Message));
  }
  expect(got[0]!.Attributes).toMatchObject({ MessageDeduplicationId: any, MessageGroupId: any });
  expect(bodies(got)[0]).toEqual({
    Type: "Notification",
    MessageId: first.Successful![0]!.MessageId,
    SequenceNumber: first.Successful![0]!.SequenceNumber,
    TopicArn,
    Message: "message 0",
    Timestamp: any,
    UnsubscribeURL: expect.stringContaining(subscription) as string,
  });
  const unordered = await receive(loose, 10);
  expect(unordered).toHaveLength(10);
  expect(unordered[0]!.Attributes).not.toHaveProperty("MessageGroupId");
});

test("messages are deduplicated by content where the topic says so, for five minutes", async () => {
  const TopicArn = await make.topic("by-content.fifo", { ContentBasedDeduplication: "true" });
  const to = await queue("by-content.fifo");
  await make.subscribe(TopicArn, "sqs", to.arn, { RawMessageDelivery: "true" });
  const publish = () => make.sns.send(new PublishCommand({ TopicArn, Message: "Test single", MessageGroupId: "g" }));
  const [first, again] = [await publish(), await publish()];
  expect(again.MessageId).toBe(first.MessageId);
  const [message] = await receive(to, 1);
  expect(message!.Attributes!.MessageDeduplicationId).toBe(
    "2591186cff6c740cb9e0cfce1653a7e6998d57da12e1da13d85344b1c08be4cb",
  );
  await cloud.clock.advance(5 * 60_000 + 1000);
  expect((await publish()).MessageId).not.toBe(first.MessageId);
  expect(await receive(to, 1)).toHaveLength(1);
});

test("a FIFO subscription's dead letters keep their order", async () => {
  const TopicArn = await make.topic("dead.fifo");
  const [gone, dead] = await Promise.all([queue("gone.fifo"), queue("dead.fifo")]);
  const SubscriptionArn = await make.subscribe(TopicArn, "sqs", gone.arn);
  await make.sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: "RedrivePolicy",
      AttributeValue: JSON.stringify({ deadLetterTargetArn: dead.arn }),
    }),
  );
  await sqs.send(new DeleteQueueCommand({ QueueUrl: gone.QueueUrl }));
  for (const Message of ["1", "2", "3"]) {
    await make.sns.send(
      new PublishCommand({ TopicArn, Message, MessageGroupId: "g", MessageDeduplicationId: `id-${Message}` }),
    );
  }
  const got = await receive(dead, 3);
  expect(bodies(got).map((body) => body["Message"])).toEqual(["1", "2", "3"]);
  expect(got[0]!.Attributes).toMatchObject({ MessageGroupId: "g", MessageDeduplicationId: "id-1" });
});

test("a topic's metrics count what was published, delivered, filtered out and lost", async () => {
  const TopicArn = await make.topic("counted");
  const [open, closed] = await Promise.all([queue("counted"), queue("uncounted", "arn:aws:sns:*:*:another")]);
  await make.subscribe(TopicArn, "sqs", open.arn);
  await make.subscribe(TopicArn, "sqs", closed.arn);
  await make.subscribe(TopicArn, "sqs", `${open.arn}-2`, { FilterPolicy: '{"a":["b"]}' });
  for (const Message of ["1", "22"]) await make.sns.send(new PublishCommand({ TopicArn, Message }));
  await receive(open, 2);
  const metrics = cloud.client(CloudWatchClient);
  const names = ["MessagesPublished", "NotificationsDelivered", "NotificationsFailed", "NotificationsFilteredOut"];
  const sums = async () => {
    const { MetricDataResults = [] } = await metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date(cloud.clock.now() - 600_000),
        EndTime: new Date(cloud.clock.now() + 600_000),
        MetricDataQueries: [...names.map((name) => `NumberOf${name}`), "PublishSize"].map((MetricName, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: { Namespace: "AWS/SNS", MetricName, Dimensions: [{ Name: "TopicName", Value: "counted" }] },
            Period: 3600,
            Stat: "Sum",
          },
        })),
      }),
    );
    return MetricDataResults.map(({ Values = [] }) => Values.reduce((sum, value) => sum + value, 0));
  };
  await expect.poll(sums).toEqual([2, 2, 2, 2, 3]);
});
