import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  PublishVersionCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LambdaFixture, startLambda } from "./lambda-fixture.ts";

interface Event {
  readonly Records: {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: Record<string, string>;
    readonly [member: string]: unknown;
  }[];
}

let fixture: LambdaFixture;
let sqs: SQSClient;
let folder: string;
let count = 0;

/** Writes down each event that it gets, then does what the bodies say. */
const CODE = `const { writeFileSync } = require("node:fs");
const { ChangeMessageVisibilityCommand, SQSClient } = require("@aws-sdk/client-sqs");
const sqs = new SQSClient({});
async function hideForAnHour({ eventSourceARN, receiptHandle }) {
  const QueueUrl = process.env.AWS_ENDPOINT_URL + "/" + eventSourceARN.split(":").slice(4).join("/");
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 3600 }));
}
const seen = new Map();
exports.handler = async (event) => {
  writeFileSync(process.env.FOLDER + "/" + process.hrtime.bigint() + "-" + process.pid, JSON.stringify(event));
  const failed = [];
  for (const record of event.Records) {
    const { body, messageId } = record;
    if (body.startsWith("hide")) await hideForAnHour(record).then(() => { throw new Error("hidden"); });
    if (body.startsWith("throw")) throw new Error("failed on purpose");
    if (body.startsWith("fail")) failed.push({ itemIdentifier: messageId });
    if (body.startsWith("slow")) await new Promise((done) => setTimeout(done, 300));
  }
  return { batchItemFailures: failed };
};`;

beforeAll(async () => {
  fixture = await startLambda();
  sqs = fixture.cloud.client(SQSClient);
  folder = mkdtempSync(join(tmpdir(), "tidegate-queue-"));
});

afterAll(async () => {
  await fixture.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Set {
  readonly url: string;
  readonly arn: string;
  readonly uuid: string;
  events(): Event[];
}

async function newQueue(attributes: Record<string, string> = {}): Promise<{ url: string; arn: string }> {
  const QueueName = `queue-${count++}${attributes["FifoQueue"] === "true" ? ".fifo" : ""}`;
  const made = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: attributes }));
  return { url: made.QueueUrl!, arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}` };
}

/** A queue, a function and the mapping between them. */
async function connect(
  attributes: Record<string, string> = {},
  mapping: Partial<CreateEventSourceMappingCommandInput> = {},
): Promise<Set> {
  const queue = await newQueue(attributes);
  const name = `function-${count}`;
  const own = mkdtempSync(join(folder, "f-"));
  await fixture.make(name, CODE, { Environment: { Variables: { FOLDER: own } } });
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName: name }));
  await fixture.lambda.send(new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }));
  const create = new CreateEventSourceMappingCommand({
    EventSourceArn: queue.arn,
    FunctionName: `${name}:live`,
    ...mapping,
  });
  const { UUID } = await fixture.lambda.send(create);
  const events = () =>
    readdirSync(own)
      .sort()
      .map((file) => JSON.parse(readFileSync(join(own, file), "utf8")) as Event);
  return { ...queue, uuid: UUID!, events };
}

const send = (QueueUrl: string, MessageBody: string, more: object = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));

async function left(QueueUrl: string): Promise<string> {
  const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.map((name) => Attributes![name]).join("+");
}

const bodiesOf = (events: readonly Event[]) => events.flatMap(({ Records }) => Records.map(({ body }) => body)).sort();

test("a message reaches the function through its alias as AWS writes it, and is deleted", async () => {
  const set = await connect();
  const MessageAttributes = { color: { DataType: "String", StringValue: "blue" } };
  await send(set.url, "hello", { MessageAttributes });
  await expect.poll(() => set.events().length).toBe(1);
  const [record] = set.events()[0]!.Records;
  expect(record).toEqual({
    messageId: expect.any(String),
    receiptHandle: expect.any(String),
    body: "hello",
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
      SenderId: "000000000000",
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
    },
    messageAttributes: {
      color: { stringValue: "blue", stringListValues: [], binaryListValues: [], dataType: "String" },
    },
    md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
    md5OfBody: "5d41402abc4b2a76b9719d911017c592",
    eventSource: "aws:sqs",
    eventSourceARN: set.arn,
    awsRegion: "us-east-1",
  });
  await expect.poll(() => left(set.url)).toBe("0+0");
});

test("a function that fails gets the message again after the visibility timeout, and then it is a dead letter", async () => {
  const dead = await newQueue();
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
  const set = await connect({ VisibilityTimeout: "30", RedrivePolicy });
  await send(set.url, "throw");
  await expect.poll(() => set.events().length).toBe(1);
  await expect.poll(() => left(set.url)).toBe("0+1");
  await fixture.cloud.clock.advance(31_000);
  await expect.poll(() => set.events().length).toBe(2);
  expect(set.events()[1]!.Records[0]!.attributes["ApproximateReceiveCount"]).toBe("2");
  await fixture.cloud.clock.advance(31_000);
  const receive = new ReceiveMessageCommand({ QueueUrl: dead.url, WaitTimeSeconds: 0 });
  await expect.poll(async () => (await sqs.send(receive)).Messages?.[0]?.Body).toBe("throw");
  expect(await left(set.url)).toBe("0+0");
});

describe("on a clock that runs fast", () => {
  const clock = () => fixture.cloud.clock;
  beforeAll(() => clock().setSpeed(600));
  afterAll(() => clock().setSpeed(1));

  test.each<[string, Record<string, string>, object]>([
    ["standard", {}, {}],
    ["FIFO", { FifoQueue: "true", ContentBasedDeduplication: "true" }, { MessageGroupId: "a" }],
  ])(
    "a message of a %s queue is with one call at a time, however long the function takes",
    async (_kind, attributes, group) => {
      const set = await connect({ VisibilityTimeout: "30", ...attributes });
      await send(set.url, "slow", group);
      await expect.poll(() => left(set.url)).toBe("0+0");
      expect(bodiesOf(set.events())).toEqual(["slow"]);
    },
  );

  test("failed messages return by the cloud's clock", async () => {
    const dead = await newQueue();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 });
    const set = await connect({ VisibilityTimeout: "300", RedrivePolicy });
    await send(set.url, "throw");
    await expect.poll(() => left(dead.url)).toBe("1+0");
    expect(bodiesOf(set.events())).toEqual(["throw", "throw", "throw"]);
  });

  test("a visibility timeout that the function sets is kept", async () => {
    const set = await connect({ VisibilityTimeout: "30" });
    await send(set.url, "hide");
    await expect.poll(() => set.events().length).toBe(1);
    const halfAnHourLaterMs = clock().now() + 1_800_000;
    await expect.poll(() => set.events().length).toBe(2);
    expect(clock().now()).toBeGreaterThan(halfAnHourLaterMs);
  });
});

test("only the failed messages of a batch return, where the function reports them", async () => {
  const set = await connect(
    {},
    { FunctionResponseTypes: ["ReportBatchItemFailures"], BatchSize: 10, MaximumBatchingWindowInSeconds: 2 },
  );
  const Entries = ["fine 1", "fail 2", "fine 3"].map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: set.url, Entries }));
  await fixture.cloud.clock.advance(3_000);
  await expect.poll(() => left(set.url)).toBe("0+1");
  await fixture.cloud.clock.advance(31_000);
  await expect
    .poll(
      () =>
        set
          .events()
          .at(-1)!
          .Records.map(({ body }) => body),
      { timeout: 10_000 },
    )
    .toEqual(["fail 2"]);
});

test("a batching window gathers more than one receive could", async () => {
  const set = await connect({ VisibilityTimeout: "400" }, { BatchSize: 25, MaximumBatchingWindowInSeconds: 60 });
  for (let batch = 0; batch < 3; batch++) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: `${index}`, MessageBody: `${batch}-${index}` }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: set.url, Entries }));
  }
  await expect.poll(() => set.events().length).toBeGreaterThan(0);
  expect(set.events()[0]!.Records).toHaveLength(25);
  await fixture.cloud.clock.advance(61_000);
  await expect.poll(() => bodiesOf(set.events()).length).toBe(30);
});

test("what the filters do not let through is deleted without a call", async () => {
  const Filters = [{ Pattern: JSON.stringify({ body: { kind: ["order"] } }) }];
  const set = await connect({}, { FilterCriteria: { Filters }, BatchSize: 1 });
  await send(set.url, '{"kind":"noise"}');
  await send(set.url, "no json");
  await send(set.url, '{"kind":"order"}');
  await expect.poll(() => left(set.url)).toBe("0+0");
  expect(bodiesOf(set.events())).toEqual(['{"kind":"order"}']);
});

test("a FIFO queue's groups keep their order, one batch at a time each", async () => {
  const set = await connect({ FifoQueue: "true", ContentBasedDeduplication: "true" }, { BatchSize: 1 });
  for (const body of ["slow 1", "slow 2", "slow 3"]) await send(set.url, body, { MessageGroupId: "a" });
  await send(set.url, "other", { MessageGroupId: "b" });
  await expect.poll(() => set.events().length).toBe(4);
  const order = set.events().flatMap(({ Records }) => Records.map(({ body }) => body));
  expect(order.filter((body) => body !== "other")).toEqual(["slow 1", "slow 2", "slow 3"]);
});

test("a mapping that is switched off leaves the messages to others, and reads on when it is switched on", async () => {
  const set = await connect();
  await fixture.lambda.send(new UpdateEventSourceMappingCommand({ UUID: set.uuid, Enabled: false }));
  await send(set.url, "later");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(set.events()).toEqual([]);
  await fixture.lambda.send(new UpdateEventSourceMappingCommand({ UUID: set.uuid, Enabled: true }));
  await expect.poll(() => set.events().length).toBe(1);
  await fixture.lambda.send(new DeleteEventSourceMappingCommand({ UUID: set.uuid }));
});

describe("refuses, in AWS's words", () => {
  const create = async (attributes: Record<string, string>, mapping: Partial<CreateEventSourceMappingCommandInput>) =>
    connect(attributes, mapping);

  test.each([
    [
      "a queue whose messages reappear before the function is done",
      { VisibilityTimeout: "2" },
      {},
      "Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds",
    ],
    [
      "a large batch without a window",
      {},
      { BatchSize: 11 },
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    ],
    [
      "a window on a FIFO queue",
      { FifoQueue: "true" },
      { MaximumBatchingWindowInSeconds: 1 },
      "Batching window is not supported for FIFO queues",
    ],
    [
      "a stream's setting",
      {},
      { BisectBatchOnFunctionError: true },
      "Unsupported BisectBatchOnFunctionError parameter for given event source mapping type.",
    ],
    [
      "a filter that is not a pattern",
      {},
      { FilterCriteria: { Filters: [{ Pattern: "simple string" }] } },
      "Invalid filter pattern definition.",
    ],
    [
      "a queue that is not there",
      {},
      { EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:none" },
      "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
    ],
  ] as [string, Record<string, string>, Partial<CreateEventSourceMappingCommandInput>, string][])(
    "%s",
    async (_what, attributes, mapping, message) => {
      await expect(create(attributes, mapping)).rejects.toMatchObject({
        name: "InvalidParameterValueException",
        message,
      });
    },
  );
});
