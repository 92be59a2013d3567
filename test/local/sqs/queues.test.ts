import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let sqs: SQSClient;
let count = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  sqs = cloud.client(SQSClient);
});

afterAll(() => cloud.stop());

async function newQueue(Attributes: Record<string, string> = {}): Promise<string> {
  const suffix = Attributes["FifoQueue"] === "true" ? ".fifo" : "";
  const made = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${count++}${suffix}`, Attributes }));
  return made.QueueUrl!;
}

const send = (QueueUrl: string, MessageBody: string, more: object = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));

async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }));
  return Messages;
}

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);
const remove = (QueueUrl: string, { ReceiptHandle }: Message) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

async function attribute(QueueUrl: string, name: string): Promise<string | undefined> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  return (Attributes as Record<string, string>)[name];
}

describe("a standard queue", () => {
  test("shows a message to a long poll when a shortened visibility timeout is over", async () => {
    const url = await newQueue({ VisibilityTimeout: "600" });
    await send(url, "one");
    const [{ ReceiptHandle } = {}] = await receive(url);
    const pollEndMs = cloud.clock.now() + 20_000;
    const waiting = receive(url, { WaitTimeSeconds: 20 });
    await attribute(url, "VisibilityTimeout");
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 5 }));
    await cloud.clock.advance(6_000);
    expect(bodies(await waiting)).toEqual(["one"]);
    expect(cloud.clock.now()).toBeLessThan(pollEndMs);
  });

  test("hides received messages until their visibility timeout is over, and removes deleted ones", async () => {
    const url = await newQueue({ VisibilityTimeout: "60" });
    await send(url, "one");
    const [first] = await receive(url, { MessageSystemAttributeNames: ["All"] });
    expect(first).toMatchObject({
      Body: "one",
      Attributes: { ApproximateReceiveCount: "1", SenderId: "000000000000" },
    });
    expect(await receive(url)).toEqual([]);
    expect(await attribute(url, "ApproximateNumberOfMessagesNotVisible")).toBe("1");
    await cloud.clock.advance(61_000);
    const [second] = await receive(url, { MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
    expect(second).toMatchObject({ Body: "one", Attributes: { ApproximateReceiveCount: "2" } });
    // The older handle of the same message deletes nothing.
    await remove(url, first!);
    expect(await attribute(url, "ApproximateNumberOfMessagesNotVisible")).toBe("1");
    await remove(url, second!);
    await cloud.clock.advance(61_000);
    expect(await receive(url)).toEqual([]);
  });

  test("a long poll ends as soon as a message is there, or when its time is over", async () => {
    const url = await newQueue();
    const waiting = receive(url, { WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    await send(url, "late");
    expect(bodies(await waiting)).toEqual(["late"]);
    expect(performance.now() - began).toBeLessThan(3_000);
    const empty = receive(await newQueue(), { WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await cloud.clock.advance(21_000);
    expect(await empty).toEqual([]);
  });

  test("delays what is to come later", async () => {
    const url = await newQueue({ DelaySeconds: "10" });
    await send(url, "as the queue says");
    await send(url, "at once", { DelaySeconds: 0 });
    await send(url, "later", { DelaySeconds: 100 });
    expect(bodies(await receive(url))).toEqual(["at once"]);
    expect(await attribute(url, "ApproximateNumberOfMessagesDelayed")).toBe("2");
    await cloud.clock.advance(11_000);
    expect(bodies(await receive(url))).toEqual(["as the queue says"]);
    await cloud.clock.advance(100_000);
    expect(bodies(await receive(url))).toContain("later");
  });

  test("carries attributes, and digests that the client checks", async () => {
    const url = await newQueue();
    const MessageAttributes = {
      color: { DataType: "String", StringValue: "blue" },
      "size.cm": { DataType: "Number", StringValue: "12" },
      raw: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2]) },
    };
    await send(url, "dressed", { MessageAttributes });
    const [message] = await receive(url, { MessageAttributeNames: ["size.*", "color"], VisibilityTimeout: 0 });
    expect(Object.keys(message!.MessageAttributes!)).toEqual(["color", "size.cm"]);
    const [all] = await receive(url, { MessageAttributeNames: ["All"] });
    expect(all!.MessageAttributes!["raw"]!.BinaryValue).toEqual(new Uint8Array([1, 2]));
  });

  test("moves messages that were received too often to its dead-letter queue, from which they are moved back", async () => {
    const dead = await newQueue();
    const deadLetterTargetArn = await attribute(dead, "QueueArn");
    const url = await newQueue({
      VisibilityTimeout: "1",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
    });
    await send(url, "poison");
    for (let round = 0; round < 2; round++) {
      expect(bodies(await receive(url))).toEqual(["poison"]);
      await cloud.clock.advance(2_000);
    }
    expect(await receive(url)).toEqual([]);
    const [given] = await receive(dead, { MessageSystemAttributeNames: ["All"], VisibilityTimeout: 0 });
    expect(given).toMatchObject({
      Body: "poison",
      Attributes: { DeadLetterQueueSourceArn: await attribute(url, "QueueArn") },
    });
    const { TaskHandle } = await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: deadLetterTargetArn }));
    expect(TaskHandle).toBeDefined();
    await expect.poll(async () => bodies(await receive(url))).toEqual(["poison"]);
    await expect
      .poll(
        async () =>
          (await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: deadLetterTargetArn }))).Results![0]!.Status,
      )
      .toBe("COMPLETED");
  });

  test("sends and deletes in batches, and returns each entry's result", async () => {
    const url = await newQueue();
    const Entries = [
      { Id: "a", MessageBody: "1" },
      { Id: "b", MessageBody: "2", DelaySeconds: 9999 },
    ];
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    expect(sent.Successful).toMatchObject([{ Id: "a" }]);
    expect(sent.Failed).toMatchObject([{ Id: "b", SenderFault: true, Code: "InvalidParameterValue" }]);
    const [message] = await receive(url);
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl: url, Entries: [{ Id: "x", ReceiptHandle: message!.ReceiptHandle }] }),
    );
    expect(deleted.Successful).toEqual([{ Id: "x" }]);
  });

  test("is purged, once a minute", async () => {
    const url = await newQueue();
    await send(url, "gone");
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await receive(url)).toEqual([]);
    const again = sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    await expect(again).rejects.toMatchObject({ name: "PurgeQueueInProgress", $metadata: { httpStatusCode: 403 } });
    await cloud.clock.advance(61_000);
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  });

  test("drops messages that are older than its retention period", async () => {
    const url = await newQueue({ MessageRetentionPeriod: "60" });
    await send(url, "old");
    await cloud.clock.advance(61_000);
    expect(await receive(url)).toEqual([]);
  });
});

describe("a FIFO queue", () => {
  const FIFO = { FifoQueue: "true", ContentBasedDeduplication: "true", VisibilityTimeout: "30" };

  test("keeps the order within a group, and holds the group while one of its messages is worked on", async () => {
    const url = await newQueue(FIFO);
    for (const [group, body] of [
      ["a", "a1"],
      ["a", "a2"],
      ["b", "b1"],
      ["a", "a3"],
    ] as const) {
      await send(url, body, { MessageGroupId: group });
    }
    const first = await receive(url, { MaxNumberOfMessages: 1, MessageSystemAttributeNames: ["All"] });
    expect(first[0]).toMatchObject({
      Body: "a1",
      Attributes: { MessageGroupId: "a", SequenceNumber: expect.stringMatching(/^\d{20}$/) },
    });
    expect(bodies(await receive(url))).toEqual(["b1"]);
    expect(await receive(url)).toEqual([]);
    await remove(url, first[0]!);
    expect(bodies(await receive(url))).toEqual(["a2", "a3"]);
  });

  test("takes a message once within five minutes", async () => {
    const url = await newQueue(FIFO);
    const [one, two] = [
      await send(url, "same", { MessageGroupId: "a" }),
      await send(url, "same", { MessageGroupId: "b" }),
    ];
    expect(two.MessageId).toBe(one.MessageId);
    expect(await receive(url)).toHaveLength(1);
    await cloud.clock.advance(301_000);
    expect((await send(url, "same", { MessageGroupId: "a" })).MessageId).not.toBe(one.MessageId);
  });

  test("counts duplicates by group where it is set to", async () => {
    const url = await newQueue({
      ...FIFO,
      DeduplicationScope: "messageGroup",
      FifoThroughputLimit: "perMessageGroupId",
    });
    await send(url, "x", { MessageGroupId: "a", MessageDeduplicationId: "1" });
    await send(url, "x", { MessageGroupId: "b", MessageDeduplicationId: "1" });
    await send(url, "x", { MessageGroupId: "a", MessageDeduplicationId: "1" });
    expect(await receive(url)).toHaveLength(2);
  });

  test("fails when a handle has expired", async () => {
    const url = await newQueue(FIFO);
    await send(url, "slow", { MessageGroupId: "a" });
    const [message] = await receive(url);
    await cloud.clock.advance(31_000);
    await expect(remove(url, message!)).rejects.toMatchObject({
      message: expect.stringMatching(/Reason: The receipt handle has expired\.$/),
    });
  });
});

describe("as recorded from AWS", () => {
  test("a standard queue accepts an expired and an older receipt for another visibility timeout", async () => {
    const url = await newQueue();
    await send(url, "one");
    const [first] = await receive(url, { VisibilityTimeout: 0 });
    const hide = (VisibilityTimeout: number) => ({
      QueueUrl: url,
      ReceiptHandle: first!.ReceiptHandle,
      VisibilityTimeout,
    });
    await sqs.send(new ChangeMessageVisibilityCommand(hide(60)));
    expect(await receive(url)).toEqual([]);
    await sqs.send(new ChangeMessageVisibilityCommand(hide(0)));
    const [second] = await receive(url);
    await sqs.send(new ChangeMessageVisibilityCommand(hide(0)));
    expect(await receive(url)).toEqual([]);
    await remove(url, second!);
    await expect(sqs.send(new ChangeMessageVisibilityCommand(hide(0)))).rejects.toThrow("Message does not exist");
  });

  test("a FIFO queue fills a batch from the group of the oldest message first", async () => {
    const url = await newQueue({ FifoQueue: "true", ContentBasedDeduplication: "true" });
    for (const body of ["a1", "b1", "a2", "b2", "a3"]) await send(url, body, { MessageGroupId: body[0] });
    expect(bodies(await receive(url, { MaxNumberOfMessages: 4 }))).toEqual(["a1", "a2", "a3", "b1"]);
  });

  test("a purge clears deduplication ids", async () => {
    const url = await newQueue({ FifoQueue: "true", ContentBasedDeduplication: "true" });
    await send(url, "one", { MessageGroupId: "g" });
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    await send(url, "one", { MessageGroupId: "g" });
    expect(bodies(await receive(url))).toEqual(["one"]);
  });

  test("a batch for a FIFO queue without ids is refused as a whole", async () => {
    const url = await newQueue({ FifoQueue: "true" });
    const entry = { Id: "1", MessageBody: "one", MessageGroupId: "g", MessageDeduplicationId: "1" };
    const batch = (Entries: object[]) => new SendMessageBatchCommand({ QueueUrl: url, Entries: Entries as never });
    const { MessageGroupId: _group, ...withoutGroup } = { ...entry, Id: "2" };
    await expect(sqs.send(batch([entry, withoutGroup]))).rejects.toThrow(
      "The request must contain the parameter MessageGroupId.",
    );
    const { MessageDeduplicationId: _id, ...withoutId } = { ...entry, Id: "2" };
    await expect(sqs.send(batch([entry, withoutId]))).rejects.toThrow("ContentBasedDeduplication enabled");
    expect(await receive(url)).toEqual([]);
  });

  test("switches may be written in any case, and all attributes be asked for by *", async () => {
    const { QueueUrl: url } = await sqs.send(
      new CreateQueueCommand({
        QueueName: "any-case.fifo",
        Attributes: { FifoQueue: "True", ContentBasedDeduplication: "TRUE" },
      }),
    );
    expect(await attribute(url!, "ContentBasedDeduplication")).toBe("true");
    const MessageAttributes = { colour: { DataType: "String", StringValue: "red" } };
    await send(url!, "one", { MessageGroupId: "g", MessageAttributes });
    const [message] = await receive(url!, { MessageAttributeNames: ["*"] });
    expect(message!.MessageAttributes).toEqual({ colour: { DataType: "String", StringValue: "red" } });
  });
});

describe("refuses, in AWS's words", () => {
  test.each([
    [
      "a queue that is not there",
      async () => receive(`${cloud.endpoint}/000000000000/none`),
      "QueueDoesNotExist",
      "The specified queue does not exist.",
    ],
    [
      "an empty body",
      async () => send(await newQueue(), ""),
      "MissingParameter",
      "The request must contain the parameter MessageBody.",
    ],
    [
      "a body that is too long",
      async () => send(await newQueue({ MaximumMessageSize: "1024" }), "x".repeat(1025)),
      "InvalidParameterValue",
      "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
    ],
    [
      "FIFO settings of a standard queue",
      async () => newQueue({ ContentBasedDeduplication: "true" }),
      "InvalidAttributeName",
      "Unknown Attribute ContentBasedDeduplication.",
    ],
    [
      "a scope for a standard queue",
      async () => newQueue({ DeduplicationScope: "queue" }),
      "InvalidAttributeName",
      "You can specify the DeduplicationScope only when FifoQueue is set to true.",
    ],
    [
      "a timeout out of range",
      async () => newQueue({ VisibilityTimeout: "43201" }),
      "InvalidAttributeValue",
      "Invalid value for the parameter VisibilityTimeout.",
    ],
    [
      "another kind of queue afterwards",
      async () =>
        sqs.send(
          new SetQueueAttributesCommand({
            QueueUrl: await newQueue({ FifoQueue: "true" }),
            Attributes: { FifoQueue: "false" },
          }),
        ),
      "InvalidAttributeValue",
      "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.",
    ],
    [
      "a delay on a FIFO queue",
      async () =>
        send(await newQueue({ FifoQueue: "true" }), "x", {
          MessageGroupId: "a",
          MessageDeduplicationId: "1",
          DelaySeconds: 2,
        }),
      "InvalidParameterValue",
      "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
    ],
    [
      "a deduplication id with a space",
      async () =>
        send(await newQueue({ FifoQueue: "true" }), "x", { MessageGroupId: "a", MessageDeduplicationId: "group 123" }),
      "InvalidParameterValue",
      "Value group 123 for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length.",
    ],
    [
      "a batch of eleven",
      async () =>
        sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: await newQueue(),
            Entries: Array.from({ length: 11 }, (_, n) => ({ Id: `${n}`, MessageBody: "x" })),
          }),
        ),
      "TooManyEntriesInBatchRequest",
      "Maximum number of entries per request are 10. You have sent 11.",
    ],
    [
      "a batch id with a colon",
      async () =>
        sqs.send(
          new SendMessageBatchCommand({ QueueUrl: await newQueue(), Entries: [{ Id: "a:b", MessageBody: "x" }] }),
        ),
      "InvalidBatchEntryId",
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    ],
    [
      "a handle of nothing",
      async () =>
        sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: await newQueue(),
            ReceiptHandle: "made-up",
            VisibilityTimeout: 1,
          }),
        ),
      "ReceiptHandleIsInvalid",
      'The input receipt handle "made-up" is not a valid receipt handle.',
    ],
  ] as [string, () => Promise<unknown>, string, string][])("%s", async (_what, call, name, message) => {
    const error = (await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )) as (Error & { Code?: string }) | undefined;
    expect([error?.name, error?.Code]).toContain(name);
    expect(error?.message).toBe(message);
  });

  test("a queue of the same name with other settings", async () => {
    await sqs.send(new CreateQueueCommand({ QueueName: "taken" }));
    expect((await sqs.send(new CreateQueueCommand({ QueueName: "taken" }))).QueueUrl).toContain("/taken");
    const other = sqs.send(new CreateQueueCommand({ QueueName: "taken", Attributes: { VisibilityTimeout: "31" } }));
    await expect(other).rejects.toMatchObject({
      message: "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
    });
  });
});

test("a queue that loses its key shows neither key nor reuse, and is not encrypted by SQS instead", async () => {
  const url = await newQueue();
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: url,
      Attributes: { KmsMasterKeyId: "alias/key", KmsDataKeyReusePeriodSeconds: "6000" },
    }),
  );
  expect(await attribute(url, "KmsDataKeyReusePeriodSeconds")).toBe("6000");
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: url,
      Attributes: { KmsMasterKeyId: "", KmsDataKeyReusePeriodSeconds: "300" },
    }),
  );
  expect(await attribute(url, "SqsManagedSseEnabled")).toBe("false");
  expect(await attribute(url, "KmsMasterKeyId")).toBeUndefined();
  expect(await attribute(url, "KmsDataKeyReusePeriodSeconds")).toBeUndefined();
});

test("a batch words the refusal of a long entry as a batch", async () => {
  const QueueUrl = await newQueue({ MaximumMessageSize: "1024" });
  const Entries = [{ Id: "1", MessageBody: "x".repeat(1025) }];
  const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(Failed).toMatchObject([
    {
      Code: "InvalidParameterValue",
      Message: "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.",
    },
  ]);
});

test("fails to cancel a move task by an invalid handle, and by an unknown handle", async () => {
  const cancel = (TaskHandle: string) => sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
  const unknown = Buffer.from(JSON.stringify({ taskId: "none", sourceArn: "arn:aws:sqs:us-east-1:000000000000:q" }));
  await expect(cancel("foobared")).rejects.toThrow("Value for parameter TaskHandle is invalid.");
  await expect(cancel(unknown.toString("base64"))).rejects.toThrow("Task does not exist.");
});
