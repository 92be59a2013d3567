import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { X509Certificate, createVerify } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { eventually, startEndpoint, topicsOf, type Received, type WebEndpoint } from "./sns-fixture.ts";

let cloud: TestCloud;
let web: WebEndpoint;
let make: ReturnType<typeof topicsOf>;

beforeAll(async () => {
  cloud = await startTestCloud({ log: () => undefined });
  make = topicsOf(cloud);
});
beforeEach(async () => {
  web = await startEndpoint();
  return () => web.stop();
});
afterAll(() => cloud.stop());

async function confirmed(topicName: string, attributes: Record<string, string> = {}) {
  const topic = await make.topic(topicName);
  const subscription = await make.subscribe(topic, "http", web.url, attributes);
  await eventually(() => web.received.length === 1);
  const response = await fetch(web.received[0]!.body["SubscribeURL"]!);
  expect(response.status).toBe(200);
  web.received.length = 0;
  return { topic, subscription };
}

/** As the validators of the SDKs do: the certificate from its address, the text from the fields. */
async function verify({ body }: Received, algorithm: string): Promise<boolean> {
  const certificate = new X509Certificate(await (await fetch(body["SigningCertURL"]!)).text());
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  const fields = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  const text = fields.filter((field) => field in body).map((field) => `${field}\n${body[field]}\n`);
  return createVerify(algorithm).update(text.join("")).verify(certificate.publicKey, body["Signature"]!, "base64");
}

test("an address gets a confirmation request, confirms by the link, and then gets signed notifications", async () => {
  const topic = await make.topic("news");
  const subscription = await make.subscribe(topic, "http", web.url);
  const state = async () =>
    (await make.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription }))).Attributes;
  expect(await state()).toMatchObject({ PendingConfirmation: "true", ConfirmationWasAuthenticated: "false" });
  await make.sns.send(new PublishCommand({ TopicArn: topic, Message: "before any confirmation" }));
  await eventually(() => web.received.length === 1);
  const [question] = web.received;
  expect(question!.headers).toMatchObject({
    "x-amz-sns-message-type": "SubscriptionConfirmation",
    "x-amz-sns-topic-arn": topic,
    "content-type": "text/plain; charset=UTF-8",
    "user-agent": "Amazon Simple Notification Service Agent",
  });
  expect(await verify(question!, "RSA-SHA1")).toBe(true);
  const answer = await (await fetch(question!.body["SubscribeURL"]!)).text();
  expect(answer).toContain(`<SubscriptionArn>${subscription}</SubscriptionArn>`);
  expect(await state()).toMatchObject({ PendingConfirmation: "false" });
  await make.sns.send(new PublishCommand({ TopicArn: topic, Message: "hello", Subject: "A word" }));
  await eventually(() => web.received.length === 2);
  const got = web.received[1]!;
  expect(got.headers).toMatchObject({
    "x-amz-sns-message-type": "Notification",
    "x-amz-sns-message-id": got.body["MessageId"],
    "x-amz-sns-subscription-arn": subscription,
  });
  expect(got.body).toMatchObject({ Type: "Notification", TopicArn: topic, Message: "hello", Subject: "A word" });
  expect(await verify(got, "RSA-SHA1")).toBe(true);
  await make.sns.send(
    new SetTopicAttributesCommand({ TopicArn: topic, AttributeName: "SignatureVersion", AttributeValue: "2" }),
  );
  await make.sns.send(new PublishCommand({ TopicArn: topic, Message: "again" }));
  await eventually(() => web.received.length === 3);
  expect(await verify(web.received[2]!, "RSA-SHA256")).toBe(true);
});

test("the unsubscribe link ends the subscription and notifies the address", async () => {
  const { topic } = await confirmed("leaving");
  await make.sns.send(new PublishCommand({ TopicArn: topic, Message: "last" }));
  await eventually(() => web.received.length === 1);
  await fetch(web.received[0]!.body["UnsubscribeURL"]!);
  await eventually(() => web.received.length === 2);
  expect(web.received[1]!.body).toMatchObject({ Type: "UnsubscribeConfirmation", TopicArn: topic });
  const left = await make.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
  expect(left.Subscriptions).toEqual([]);
});

test("raw delivery posts the message alone, as the delivery policy's type", async () => {
  const DeliveryPolicy = JSON.stringify({ requestPolicy: { headerContentType: "application/json" } });
  const { topic, subscription } = await confirmed("raw", { RawMessageDelivery: "true", DeliveryPolicy });
  const { Attributes } = await make.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription }));
  expect(JSON.parse(Attributes!["EffectiveDeliveryPolicy"]!)).toMatchObject({
    healthyRetryPolicy: { numRetries: 3, minDelayTarget: 20 },
    throttlePolicy: null,
    requestPolicy: { headerContentType: "application/json" },
    guaranteed: false,
  });
  await make.sns.send(new PublishCommand({ TopicArn: topic, Message: '{"a":1}' }));
  await eventually(() => web.received.length === 1);
  expect(web.received[0]).toMatchObject({
    text: '{"a":1}',
    headers: { "content-type": "application/json", "x-amz-sns-rawdelivery": "true" },
  });
});

test("an address that fails is tried again by its policy: three times, twenty seconds apart", async () => {
  const { topic } = await confirmed("failing");
  web.statuses.push(503, 500, 429);
  await make.sns.send(new PublishCommand({ TopicArn: topic, Message: "please" }));
  await eventually(() => web.received.length === 1);
  for (const tries of [2, 3, 4]) {
    await eventually(async () => {
      await cloud.clock.advance(20_000);
      return web.received.length >= tries;
    });
  }
  await cloud.clock.advance(120_000);
  expect(web.received).toHaveLength(4);
  expect(new Set(web.received.map(({ body }) => body["MessageId"])).size).toBe(1);
});

test("an address that refuses is not tried again", async () => {
  const { topic } = await confirmed("refusing");
  web.statuses.push(403);
  await make.sns.send(new PublishCommand({ TopicArn: topic, Message: "no" }));
  await eventually(() => web.received.length === 1);
  await make.sns.send(new PublishCommand({ TopicArn: topic, Message: "yes" }));
  await cloud.clock.advance(120_000);
  await eventually(() => web.received.length === 2);
  expect(web.received[1]!.body["Message"]).toBe("yes");
});

test("a token confirms through the API; fails when it is another's", async () => {
  const topic = await make.topic("token");
  const subscription = await make.subscribe(topic, "http", web.url);
  await eventually(() => web.received.length === 1);
  const confirm = (Token: string) => make.sns.send(new ConfirmSubscriptionCommand({ TopicArn: topic, Token }));
  await expect(confirm("abc")).rejects.toMatchObject({ name: "InvalidParameterException", message: "Invalid token" });
  await expect(confirm("0".repeat(288))).rejects.toMatchObject({ message: "Invalid parameter: Token" });
  expect((await confirm(web.received[0]!.body["Token"]!)).SubscriptionArn).toBe(subscription);
});

test("a cloud that stops does not wait for an address that takes its time", async () => {
  const own = await startTestCloud({ log: () => undefined });
  let asked = 0;
  const slow = createServer(() => void asked++).listen(0, "127.0.0.1");
  await once(slow, "listening");
  const { sns } = topicsOf(own);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "slow" }));
  const Endpoint = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`;
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "http", Endpoint }));
  await eventually(() => asked === 1);
  const closed = once(slow, "close");
  await own.stop();
  slow.close();
  expect(await closed).toEqual([]);
});
