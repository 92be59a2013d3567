import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  type NotificationConfiguration,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy } from "../cloudformation/spine.ts";
import { eventually, startEndpoint, type WebEndpoint } from "../sns/sns-fixture.ts";

let cloud: TestCloud;
let s3: S3Client;
let sns: SNSClient;
let sqs: SQSClient;
let web: WebEndpoint;

beforeAll(async () => {
  cloud = await startTestCloud({ log: () => undefined });
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  sns = cloud.client(SNSClient);
  sqs = cloud.client(SQSClient);
  web = await startEndpoint();
});
afterAll(async () => {
  await cloud.stop();
  await web.stop();
});

const configure = (Bucket: string, NotificationConfiguration: NotificationConfiguration) =>
  s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));

function policy(service: string, action: string, resource: string, sourceArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: action,
        Resource: resource,
        Condition: { ArnLike: { "aws:SourceArn": sourceArn } },
      },
    ],
  });
}

async function queue(
  name: string,
): Promise<{ QueueUrl: string; arn: string; grant: (service: string, source: string) => Promise<void> }> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  return {
    QueueUrl,
    arn,
    grant: async (service, source) => {
      const Attributes = { Policy: policy(service, "sqs:SendMessage", arn, source) };
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    },
  };
}

/** The bodies of the next messages, as JSON. */
async function receive<T>(QueueUrl: string, count: number): Promise<T[]> {
  const bodies: T[] = [];
  await eventually(async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    bodies.push(...Messages.map(({ Body }) => JSON.parse(Body!) as T));
    return bodies.length >= count;
  });
  return bodies;
}

interface S3Event {
  readonly Event?: string;
  readonly Records?: readonly {
    readonly eventName: string;
    readonly s3: { readonly object: { readonly key: string } };
  }[];
}

test("a topic receives a test event first, then the events", async () => {
  await s3.send(new CreateBucketCommand({ Bucket: "to-topic" }));
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "uploads" }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "http", Endpoint: web.url }));
  await eventually(() => web.received.length === 1);
  await fetch(web.received[0]!.body["SubscribeURL"]!);
  const TopicConfigurations = [{ TopicArn, Events: ["s3:ObjectCreated:*" as const] }];
  await expect(configure("to-topic", { TopicConfigurations })).rejects.toMatchObject({
    message: "Unable to validate the following destination configurations",
    ArgumentName1: TopicArn,
    ArgumentValue1: "Permissions on the destination topic do not allow S3 to publish notifications from this bucket",
  });
  const AttributeValue = policy("s3.amazonaws.com", "sns:Publish", TopicArn, "arn:aws:s3:*:*:to-topic");
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
  await configure("to-topic", { TopicConfigurations });
  await eventually(() => web.received.length === 2);
  expect(web.received[1]!.body["Subject"]).toBe("Amazon S3 Notification");
  const any = expect.any(String) as string;
  expect(JSON.parse(web.received[1]!.body["Message"]!)).toEqual({
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: any,
    Bucket: "to-topic",
    RequestId: any,
    HostId: any,
  });
  await s3.send(new PutObjectCommand({ Bucket: "to-topic", Key: "a (1).txt", Body: "x" }));
  await eventually(() => web.received.length === 3);
  const event = JSON.parse(web.received[2]!.body["Message"]!) as S3Event;
  expect(event.Records?.[0]).toMatchObject({
    eventName: "ObjectCreated:Put",
    s3: { object: { key: "a+%281%29.txt", size: 1 } },
  });
});

test("a queue receives the events that match its filter; fails without a queue, or without its permission", async () => {
  await s3.send(new CreateBucketCommand({ Bucket: "to-queue" }));
  const { QueueUrl, arn, grant } = await queue("uploads");
  const to = (QueueArn: string): NotificationConfiguration => ({
    QueueConfigurations: [
      {
        QueueArn,
        Events: ["s3:ObjectCreated:*"],
        Filter: { Key: { FilterRules: [{ Name: "suffix", Value: ".txt" }] } },
      },
    ],
  });
  await expect(configure("to-queue", to(`${arn}-none`))).rejects.toMatchObject({
    ArgumentName1: `${arn}-none`,
    ArgumentValue1: "The destination queue does not exist",
  });
  await expect(configure("to-queue", to(arn))).rejects.toMatchObject({
    ArgumentValue1: "Permissions on the destination queue do not allow S3 to publish notifications from this bucket",
  });
  await expect(configure("to-queue", to(arn.replace("us-east-1", "eu-west-1")))).rejects.toMatchObject({
    message: "The notification destination service region is not valid for the bucket location constraint",
  });
  await grant("s3.amazonaws.com", "arn:aws:s3:::to-queue");
  await configure("to-queue", to(arn));
  await s3.send(new PutObjectCommand({ Bucket: "to-queue", Key: "a.png", Body: "x" }));
  await s3.send(new PutObjectCommand({ Bucket: "to-queue", Key: "a.txt", Body: "x" }));
  const [tried, told] = await receive<S3Event>(QueueUrl, 2);
  expect(tried?.Event).toBe("s3:TestEvent");
  expect(told?.Records?.map(({ s3: { object } }) => object.key)).toEqual(["a.txt"]);
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
});

test("the event bus receives everything, in its own format", async () => {
  const Bucket = "to-bus";
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  await configure(Bucket, { EventBridgeConfiguration: {} });
  const { QueueUrl, arn, grant } = await queue("bus-events");
  await grant("events.amazonaws.com", "arn:aws:events:us-east-1:000000000000:rule/objects");
  const bus = cloud.client(EventBridgeClient);
  await bus.send(new PutRuleCommand({ Name: "objects", EventPattern: '{"source":["aws.s3"]}' }));
  await bus.send(new PutTargetsCommand({ Rule: "objects", Targets: [{ Id: "queue", Arn: arn }] }));
  const Key = "a b.txt";
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "test" }));
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }));
  const removed = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  const events = await receive<{ "detail-type": string; detail: Record<string, unknown> }>(QueueUrl, 3);
  const of = (type: string) => events.find((event) => event["detail-type"] === type);
  const any = expect.any(String) as string;
  expect(of("Object Created")).toEqual({
    version: "0",
    id: any,
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "000000000000",
    time: any,
    region: "us-east-1",
    resources: [`arn:aws:s3:::${Bucket}`],
    detail: {
      version: "0",
      bucket: { name: Bucket },
      object: { key: Key, size: 4, etag: "098f6bcd4621d373cade4e832627b4f6", "version-id": VersionId, sequencer: any },
      "request-id": any,
      requester: "000000000000",
      "source-ip-address": "127.0.0.1",
      reason: "PutObject",
    },
  });
  expect(of("Object Tags Added")?.detail["object"]).toEqual({
    key: Key,
    etag: "098f6bcd4621d373cade4e832627b4f6",
    "version-id": VersionId,
  });
  expect(of("Object Deleted")?.detail).toMatchObject({
    reason: "DeleteObject",
    "deletion-type": "Delete Marker Created",
    object: { key: Key, "version-id": removed.VersionId },
  });
});

test("a stack's bucket notifies its topics and the bus", async () => {
  const template = {
    Resources: {
      Topic: { Type: "AWS::SNS::Topic" },
      Policy: {
        Type: "AWS::SNS::TopicPolicy",
        Properties: {
          Topics: [{ Ref: "Topic" }],
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Service: "s3.amazonaws.com" },
                Action: "sns:Publish",
                Resource: { Ref: "Topic" },
              },
            ],
          },
        },
      },
      Bucket: {
        Type: "AWS::S3::Bucket",
        DependsOn: "Policy",
        Properties: {
          BucketName: "stacked",
          NotificationConfiguration: {
            EventBridgeConfiguration: { EventBridgeEnabled: true },
            TopicConfigurations: [
              {
                Topic: { Ref: "Topic" },
                Event: "s3:ObjectRemoved:*",
                Filter: { S3Key: { Rules: [{ Name: "prefix", Value: "in/" }] } },
              },
            ],
          },
        },
      },
    },
    Outputs: { Topic: { Value: { Ref: "Topic" } } },
  };
  const stack = await deploy(cloud.client(CloudFormationClient), "notifying", template, { ChangeSetType: "CREATE" });
  const read = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: "stacked" }));
  expect(read).toMatchObject({
    EventBridgeConfiguration: {},
    TopicConfigurations: [
      {
        TopicArn: stack.Outputs![0]!.OutputValue,
        Events: ["s3:ObjectRemoved:*"],
        Filter: { Key: { FilterRules: [{ Name: "Prefix", Value: "in/" }] } },
      },
    ],
  });
});
