import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsCommand,
  PublishBatchCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
  type SNSClient,
} from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { topicsOf } from "./sns-fixture.ts";

let cloud: TestCloud;
let sns: SNSClient;
let make: ReturnType<typeof topicsOf>;
let topic: string;
let fifo: string;
const logged: string[] = [];
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:queue";

beforeAll(async () => {
  cloud = await startTestCloud({ log: (line) => logged.push(line) });
  make = topicsOf(cloud);
  sns = make.sns;
  [topic, fifo] = await Promise.all([make.topic("many"), make.topic("ordered.fifo")]);
});
afterAll(() => cloud.stop());

const attributesOf = async (SubscriptionArn: string) =>
  (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes!;
const set = (SubscriptionArn: string, AttributeName: string, AttributeValue: string) =>
  sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));

test("a queue's subscription is confirmed at once, and made once", async () => {
  const SubscriptionArn = await make.subscribe(topic, "sqs", QUEUE, { RawMessageDelivery: "true" });
  expect(await make.subscribe(topic, "sqs", QUEUE, { RawMessageDelivery: "True" })).toBe(SubscriptionArn);
  expect(await attributesOf(SubscriptionArn)).toEqual({
    ConfirmationWasAuthenticated: "true",
    Endpoint: QUEUE,
    Owner: "000000000000",
    PendingConfirmation: "false",
    Protocol: "sqs",
    RawMessageDelivery: "true",
    SubscriptionArn,
    SubscriptionPrincipal: "arn:aws:iam::000000000000:root",
    TopicArn: topic,
  });
  await expect(make.subscribe(topic, "sqs", QUEUE, { RawMessageDelivery: "false" })).rejects.toMatchObject({
    message: "Invalid parameter: Attributes Reason: Subscription already exists with different attributes",
  });
  const again = await make.subscribe(topic, "sqs", QUEUE, { FilterPolicyScope: "MessageAttributes" });
  expect(again).toBe(SubscriptionArn);
  await set(SubscriptionArn, "FilterPolicyScope", "MessageBody");
  expect(await attributesOf(SubscriptionArn)).not.toHaveProperty("FilterPolicyScope");
  await set(SubscriptionArn, "FilterPolicy", '{"a":{"b":["c"]}}');
  expect(await attributesOf(SubscriptionArn)).toMatchObject({
    FilterPolicy: '{"a":{"b":["c"]}}',
    FilterPolicyScope: "MessageBody",
  });
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await expect(attributesOf(SubscriptionArn)).rejects.toMatchObject({
    name: "NotFoundException",
    message: "Subscription does not exist",
  });
});

test("a mail address waits for confirmation; the log shows what was not sent", async () => {
  const made = await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: "email", Endpoint: "a@example.com" }));
  expect(made.SubscriptionArn).toBe("pending confirmation");
  const { Subscriptions } = await sns.send(new ListSubscriptionsCommand({}));
  expect(Subscriptions).toContainEqual({
    Endpoint: "a@example.com",
    Owner: "000000000000",
    Protocol: "email",
    SubscriptionArn: "PendingConfirmation",
    TopicArn: topic,
  });
  await expect.poll(() => logged.find((line) => line.includes("a@example.com"))).toMatch(/not sent by email.*Token=/);
});

describe("a subscription fails when", () => {
  test.each([
    [
      "its endpoint is a queue's URL",
      "sqs",
      "https://sqs.us-east-1.amazonaws.com/1/queue",
      "Invalid parameter: SQS endpoint ARN",
    ],
    ["its number has a letter", "sms", "NAA+15551234567", "Invalid SMS endpoint: NAA+15551234567"],
    ["its number has two dashes", "sms", "+15--551234567", "Invalid SMS endpoint: +15--551234567"],
    ["its number ends in a dot", "sms", "+15551234567.", "Invalid SMS endpoint: +15551234567."],
    [
      "its protocol is none",
      "pigeon",
      "x",
      "Invalid parameter: Amazon SNS does not support this protocol string: pigeon",
    ],
    [
      "its queue is FIFO and the topic is not",
      "sqs",
      `${QUEUE}.fifo`,
      "Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
    ],
  ])("%s", async (_what, protocol, endpoint, message) => {
    await expect(make.subscribe(topic, protocol, endpoint)).rejects.toMatchObject({ message });
  });

  const jackson = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";
  test.each([
    [
      "raw delivery is neither",
      { RawMessageDelivery: "wrongvalue" },
      "RawMessageDelivery: Invalid value [wrongvalue]. Must be true or false.",
    ],
    [
      "its filter is not JSON",
      { FilterPolicy: "invalid" },
      `FilterPolicy: failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: ${jackson}; line: 1, column: 8]`,
    ],
    [
      "its filter has no list",
      { FilterPolicy: '{"key_a":"value_one"}' },
      'FilterPolicy: "key_a" must be an object or an array\n at [Source: (String)"{"key_a":"value_one"}"; line: 1, column: 11]',
    ],
    [
      "its filter's operator is none",
      { FilterPolicy: '{"key":[{"wrong-operator":true}]}' },
      'FilterPolicy: Unrecognized match type wrong-operator\n at [Source: (String)"{"key":[{"wrong-operator":true}]}"; line: 1, column: 31]',
    ],
    [
      "its filter has an operator of the event bus",
      { FilterPolicy: '{"key":[{"anything-but":{"suffix":"test"}}]}' },
      'FilterPolicy: Unsupported anything-but pattern: suffix\n at [Source: (String)"{"key":[{"anything-but":{"suffix":"test"}}]}"; line: 1, column: 36]',
    ],
    [
      "its filter is a list",
      { FilterPolicy: "[]" },
      'FilterPolicy: Filter is not an object\n at [Source: (String)"[]"; line: 1, column: 2]',
    ],
    [
      "its filter has six keys",
      { FilterPolicy: '{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}' },
      "FilterPolicy: Filter policy can not have more than 5 keys",
    ],
    [
      "its filter has too many combinations",
      { FilterPolicy: JSON.stringify({ a: list(13), b: list(12) }) },
      "FilterPolicy: Filter policy is too complex",
    ],
    [
      "its dead-letter queue has a count",
      { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QUEUE, maxReceiveCount: 5 }) },
      "RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown.",
    ],
    [
      "its dead-letter queue is none",
      { RedrivePolicy: '{"deadLetterTargetArn":"fake"}' },
      "RedrivePolicy: deadLetterTargetArn is an invalid arn",
    ],
  ])("%s", async (_what, attributes, detail) => {
    await expect(make.subscribe(topic, "sqs", QUEUE, attributes)).rejects.toMatchObject({
      message: `Invalid parameter: Attributes Reason: ${detail}`,
    });
  });

  test("its order would be lost in the dead-letter queue", async () => {
    const subscription = await make.subscribe(fifo, "sqs", `${QUEUE}.fifo`);
    await expect(make.subscribe(fifo, "sms", "+15551234567")).rejects.toMatchObject({
      message: "Invalid parameter: Invalid protocol type: sms",
    });
    await expect(
      set(subscription, "RedrivePolicy", JSON.stringify({ deadLetterTargetArn: QUEUE })),
    ).rejects.toMatchObject({
      message:
        "Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.",
    });
    await expect(set(subscription, "RedrivePolicy", "{invalidjson}")).rejects.toMatchObject({
      message: `Invalid parameter: RedrivePolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name\n at [Source: ${jackson}; line: 1, column: 2]`,
    });
    await expect(set(subscription, "Colour", "red")).rejects.toMatchObject({
      message: "Invalid parameter: AttributeName",
    });
    await expect(set(subscription, "FilterPolicyScope", "RandomValue")).rejects.toMatchObject({
      message:
        "Invalid parameter: FilterPolicyScope: Invalid value [RandomValue]. Please use either MessageBody or MessageAttributes",
    });
  });
});

function list(length: number): string[] {
  return Array.from({ length }, (_each, index) => `value ${index}`);
}

describe("a batch fails when", () => {
  const send = (ids: string[], Message = "x") =>
    sns.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: ids.map((Id) => ({ Id, Message })),
      }),
    );
  test.each([
    [
      "two ids are the same",
      ["1", "1"],
      "BatchEntryIdsNotDistinctException",
      "Two or more batch entries in the request have the same Id.",
    ],
    [
      "it is too big",
      list(11).map((_each, i) => `${i}`),
      "TooManyEntriesInBatchRequestException",
      "The batch request contains more entries than permissible.",
    ],
    ["it is empty", [], "EmptyBatchRequestException", "The batch request doesn't contain any entries."],
    [
      "an id has a dot",
      ["message.id"],
      "InvalidBatchEntryIdException",
      "The Id of a batch entry in the batch request contains an impermissible character: message.id",
    ],
    [
      "an id is too long",
      ["a".repeat(81)],
      "InvalidBatchEntryIdException",
      `The Id of a batch entry in the batch request is too long: ${"a".repeat(81)}`,
    ],
  ])("%s", async (_what, ids, name, message) => {
    await expect(send(ids)).rejects.toMatchObject({ name, message });
  });

  test("all messages together are too long", async () => {
    await expect(send(["1", "2"], "a".repeat(140_000))).rejects.toMatchObject({
      name: "BatchRequestTooLongException",
      message: "The length of all the messages put together is more than the limit.",
    });
  });
});
