import {
  AddPermissionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishCommand,
  RemovePermissionCommand,
  SetTopicAttributesCommand,
  SNSClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { topicsOf } from "./sns-fixture.ts";

let cloud: TestCloud;
let sns: SNSClient;
let make: ReturnType<typeof topicsOf>;
const arnOf = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`;

beforeAll(async () => {
  cloud = await startTestCloud();
  make = topicsOf(cloud);
  sns = make.sns;
});
afterAll(() => cloud.stop());

const attributesOf = async (TopicArn: string) =>
  (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes!;
const create = (input: Partial<ConstructorParameters<typeof CreateTopicCommand>[0]>) =>
  sns.send(new CreateTopicCommand({ Name: "topic", ...input }));
const set = (TopicArn: string, AttributeName: string, AttributeValue: string) =>
  sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));

const HEALTHY = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: "linear",
};

test("a topic shows AWS's defaults, and is made once", async () => {
  const TopicArn = await make.topic("plain");
  expect(TopicArn).toBe(arnOf("plain"));
  expect(await make.topic("plain")).toBe(TopicArn);
  const { Policy, EffectiveDeliveryPolicy, ...attributes } = await attributesOf(TopicArn);
  expect(attributes).toEqual({
    DisplayName: "",
    Owner: "000000000000",
    SubscriptionsConfirmed: "0",
    SubscriptionsDeleted: "0",
    SubscriptionsPending: "0",
    TopicArn,
  });
  expect(JSON.parse(EffectiveDeliveryPolicy!)).toEqual({
    http: {
      defaultHealthyRetryPolicy: HEALTHY,
      disableSubscriptionOverrides: false,
      defaultRequestPolicy: { headerContentType: "text/plain; charset=UTF-8" },
    },
  });
  expect(JSON.parse(Policy!)).toMatchObject({
    Id: "__default_policy_ID",
    Statement: [{ Principal: { AWS: "*" }, Condition: { StringEquals: { "AWS:SourceOwner": "000000000000" } } }],
  });
});

test("a delivery policy is set, shown with its defaults, and dropped", async () => {
  const TopicArn = await make.topic("policed.fifo");
  const policy = { http: { defaultRequestPolicy: { headerContentType: "application/json" } } };
  await set(TopicArn, "DeliveryPolicy", JSON.stringify(policy));
  const after = await attributesOf(TopicArn);
  expect(after).toMatchObject({ FifoTopic: "true", ContentBasedDeduplication: "false" });
  expect(JSON.parse(after["DeliveryPolicy"]!)).toEqual({
    http: { ...policy.http, disableSubscriptionOverrides: false },
  });
  expect(JSON.parse(after["EffectiveDeliveryPolicy"]!)).toMatchObject({
    http: { defaultHealthyRetryPolicy: HEALTHY, defaultRequestPolicy: { headerContentType: "application/json" } },
  });
  await set(TopicArn, "DeliveryPolicy", "");
  expect(await attributesOf(TopicArn)).not.toHaveProperty("DeliveryPolicy");
});

test("permissions are statements of the topic's policy", async () => {
  const TopicArn = await make.topic("shared");
  const add = (Label: string, action = "Publish") =>
    sns.send(new AddPermissionCommand({ TopicArn, Label, AWSAccountId: ["111111111111"], ActionName: [action] }));
  await add("test");
  const statements = async () =>
    (JSON.parse((await attributesOf(TopicArn))["Policy"]!) as { Statement: object[] }).Statement;
  expect((await statements())[1]).toEqual({
    Sid: "test",
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::111111111111:root" },
    Action: "SNS:Publish",
    Resource: TopicArn,
  });
  await expect(add("test")).rejects.toMatchObject({ message: "Invalid parameter: Statement already exists" });
  await expect(add("b", "Fly")).rejects.toMatchObject({
    message: "Invalid parameter: Policy statement action out of service scope!",
  });
  await sns.send(new RemovePermissionCommand({ TopicArn, Label: "test" }));
  expect(await statements()).toHaveLength(1);
});

test("tags are added, replaced and removed", async () => {
  const tags = [
    { Key: "k1", Value: "v1" },
    { Key: "k2", Value: "v2" },
  ];
  const ResourceArn = (await create({ Name: "tagged", Tags: tags })).TopicArn!;
  const read = async () => (await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
  expect(await read()).toEqual(tags);
  await sns.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "k2", Value: "v2b" }] }));
  await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["k1"] }));
  expect(await read()).toEqual([{ Key: "k2", Value: "v2b" }]);
  await expect(sns.send(new TagResourceCommand({ ResourceArn, Tags: [tags[0]!, tags[0]!] }))).rejects.toMatchObject({
    message: "Invalid parameter: Duplicated keys are not allowed.",
  });
  await expect(create({ Name: "tagged", Tags: [{ Key: "k3", Value: "" }] })).rejects.toMatchObject({
    message: "Invalid parameter: Tags Reason: Topic already exists with different tags",
  });
});

test("topics are listed by the hundred, each region its own", async () => {
  const there = cloud.client(SNSClient, { region: "eu-west-1" });
  for (let i = 0; i < 101; i++) await there.send(new CreateTopicCommand({ Name: `topic-${i}` }));
  const first = await there.send(new ListTopicsCommand({}));
  const second = await there.send(new ListTopicsCommand({ NextToken: first.NextToken }));
  expect([first.Topics!.length, second.Topics!.length, second.NextToken]).toEqual([100, 1, undefined]);
  await expect(
    sns.send(new PublishCommand({ TopicArn: first.Topics![0]!.TopicArn, Message: "x" })),
  ).rejects.toMatchObject({ name: "InvalidParameterException", message: "Invalid parameter: TopicArn" });
});

test("a deleted topic is gone, and deleting it again succeeds", async () => {
  const TopicArn = await make.topic("short-lived");
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  await expect(attributesOf(TopicArn)).rejects.toMatchObject({
    name: "NotFoundException",
    message: "Topic does not exist",
    $metadata: { httpStatusCode: 404 },
  });
});

describe("a topic fails when", () => {
  test.each([
    ["its name has other characters", { Name: "a.b" }, "Topic Name"],
    ["its name is too long", { Name: "a".repeat(257) }, "Topic Name"],
    ["it is FIFO by name only", { Name: "a.fifo" }, "Topic Name"],
    ["it is FIFO without the name", { Name: "a", Attributes: { FifoTopic: "true" } }, "Topic Name"],
    ["its attribute is none", { Attributes: { Colour: "red" } }, "Attributes Reason: Unknown attribute Colour"],
  ])("%s", async (_what, input, detail) => {
    await expect(create(input)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: `Invalid parameter: ${detail}`,
    });
  });
});

describe("a message fails when", () => {
  const publish = (input: object) => sns.send(new PublishCommand({ Message: "x", ...input }));
  beforeAll(() => Promise.all([make.topic("strict"), make.topic("strict.fifo")]));
  test.each([
    ["it is empty", { Message: "" }, "Empty message"],
    ["it is too long", { Message: "a".repeat(262_145) }, "Message too long"],
    ["its subject has two lines", { Subject: "a\nb" }, "Subject"],
    [
      "its structure lacks a default",
      { MessageStructure: "json", Message: "{}" },
      "Message Structure - No default entry in JSON message body",
    ],
    [
      "its structure is not JSON",
      { MessageStructure: "json" },
      "Message Structure - JSON message body failed to parse",
    ],
    [
      "it is deduplicated without order",
      { MessageDeduplicationId: "a" },
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    ],
    ["it has no group", { TopicArn: arnOf("strict.fifo") }, "The MessageGroupId parameter is required for FIFO topics"],
    [
      "it has no deduplication id",
      { TopicArn: arnOf("strict.fifo"), MessageGroupId: "g" },
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    ],
  ])("%s", async (_what, input, detail) => {
    await expect(publish({ TopicArn: arnOf("strict"), ...input })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: `Invalid parameter: ${detail}`,
    });
  });
});
