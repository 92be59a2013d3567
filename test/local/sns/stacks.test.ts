import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventLines, eventsOf } from "../cloudformation/spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;
let sns: SNSClient;
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:queue";
const OTHER = "arn:aws:sqs:us-east-1:000000000000:other";

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
  sns = cloud.client(SNSClient);
});
afterAll(() => cloud.stop());

const policy = (Resource: unknown) => ({
  Version: "2012-10-17",
  Statement: [
    { Sid: "0", Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sns:Publish", Resource },
  ],
});

const template = (topic: object, subscription: object, more: object = {}) => ({
  Resources: {
    Topic: { Type: "AWS::SNS::Topic", Properties: topic },
    Ordered: { Type: "AWS::SNS::Topic", Properties: { FifoTopic: true, ContentBasedDeduplication: true } },
    Subscription: {
      Type: "AWS::SNS::Subscription",
      Properties: { TopicArn: { Ref: "Topic" }, Protocol: "sqs", Endpoint: OTHER, ...subscription },
    },
    ...more,
  },
  Outputs: {
    Topic: { Value: { Ref: "Topic" } },
    Name: { Value: { "Fn::GetAtt": ["Topic", "TopicName"] } },
    Ordered: { Value: { Ref: "Ordered" } },
    Subscription: { Value: { Ref: "Subscription" } },
  },
});
const POLICY = {
  Policy: {
    Type: "AWS::SNS::TopicPolicy",
    Properties: { Topics: [{ Ref: "Topic" }], PolicyDocument: policy({ Ref: "Topic" }) },
  },
  Inline: {
    Type: "AWS::SNS::TopicInlinePolicy",
    Properties: { TopicArn: { Ref: "Ordered" }, PolicyDocument: policy("*") },
  },
};

const attributesOf = async (TopicArn: string) =>
  (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes!;
const endpointsOf = async (TopicArn: string) =>
  (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions!.map(({ Endpoint }) => Endpoint);

test("topics, subscriptions and policies come, change and go with their stack", async () => {
  const made = await deploy(
    client,
    "topics",
    template(
      { DisplayName: "First", Subscription: [{ Protocol: "sqs", Endpoint: QUEUE }], Tags: [{ Key: "a", Value: "1" }] },
      { RawMessageDelivery: true, FilterPolicy: { kind: ["a"] } },
      POLICY,
    ),
    { ChangeSetType: "CREATE" },
  );
  const outputs = Object.fromEntries(made.Outputs!.map((each) => [each.OutputKey, each.OutputValue!]));
  const { Topic: topic = "", Ordered: ordered = "", Subscription: subscription = "" } = outputs;
  expect(topic).toMatch(/^arn:aws:sns:us-east-1:000000000000:topics-Topic-/);
  expect(outputs["Name"]).toBe(topic.split(":").at(-1));
  expect(ordered).toMatch(/:topics-Ordered-\w+\.fifo$/);
  expect(await attributesOf(ordered)).toMatchObject({ FifoTopic: "true", ContentBasedDeduplication: "true" });
  expect((await attributesOf(topic))["DisplayName"]).toBe("First");
  expect(new Set(await endpointsOf(topic))).toEqual(new Set([QUEUE, OTHER]));
  expect(JSON.parse((await attributesOf(topic))["Policy"]!)).toEqual(policy(topic));
  expect(JSON.parse((await attributesOf(ordered))["Policy"]!)).toEqual(policy("*"));
  const subscribed = async () =>
    (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription }))).Attributes;
  expect(await subscribed()).toMatchObject({ RawMessageDelivery: "true", FilterPolicy: '{"kind":["a"]}' });

  const changes = { FilterPolicy: { kind: { deep: ["b"] } }, FilterPolicyScope: "MessageBody" };
  await deploy(client, "topics", template({ DisplayName: "Second", Tags: [{ Key: "b", Value: "2" }] }, changes));
  expect((await attributesOf(topic))["DisplayName"]).toBe("Second");
  expect(await endpointsOf(topic)).toEqual([OTHER]);
  expect(JSON.parse((await attributesOf(topic))["Policy"]!)).toMatchObject({ Id: "__default_policy_ID" });
  expect(await subscribed()).toMatchObject({
    RawMessageDelivery: "false",
    FilterPolicy: '{"kind":{"deep":["b"]}}',
    FilterPolicyScope: "MessageBody",
  });
  const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: topic }));
  expect(Tags).toContainEqual({ Key: "b", Value: "2" });
  expect(Tags).not.toContainEqual({ Key: "a", Value: "1" });

  await deploy(client, "topics", { Resources: { None: { Type: "AWS::CloudFormation::WaitConditionHandle" } } });
  await expect(attributesOf(topic)).rejects.toMatchObject({ name: "NotFoundException" });
});

test("a filter goes without its scope: that cannot be taken back, as on AWS", async () => {
  const scope = { FilterPolicyScope: "MessageBody" };
  await deploy(client, "scopes", template({}, { ...scope, FilterPolicy: { kind: ["a"] } }), {
    ChangeSetType: "CREATE",
  });
  const refused = await deploy(client, "scopes", template({}, {}));
  expect(refused.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
  const words = "Invalid parameter: FilterPolicyScope: Invalid value [null]. Please use either MessageBody or";
  expect(eventLines(await eventsOf(client, "scopes")).join("\n")).toContain(words);
  expect((await deploy(client, "scopes", template({}, scope))).StackStatus).toBe("UPDATE_COMPLETE");
});
