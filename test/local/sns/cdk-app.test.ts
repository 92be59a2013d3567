import { App, Duration, LegacyStackSynthesizer, Stack } from "aws-cdk-lib";
import { Alarm, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Bucket, EventType } from "aws-cdk-lib/aws-s3";
import { SnsDestination, SqsDestination } from "aws-cdk-lib/aws-s3-notifications";
import { SubscriptionFilter, Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy } from "../cloudformation/spine.ts";
import { eventually } from "./sns-fixture.ts";

/** The CDK sets notifications by a function in Python. */
const hasBoto3 = spawnSync("python3", ["-c", "import boto3"]).status === 0;

let cloud: TestCloud;
let sqs: SQSClient;

beforeAll(async () => {
  cloud = await startTestCloud({ log: () => undefined });
  sqs = cloud.client(SQSClient);
});
afterAll(() => cloud.stop());

/** Everything that the CDK's own constructs give their resources: policies, dependencies, a custom resource. */
function synthesise(): object {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, "Uploads", { synthesizer: new LegacyStackSynthesizer() });
  const topic = new Topic(stack, "Topic", { topicName: "news", enforceSSL: true });
  const inbox = new Queue(stack, "Inbox", { queueName: "inbox", enforceSSL: true });
  const deadLetterQueue = new Queue(stack, "Dead", { queueName: "dead" });
  const filterPolicy = { kind: SubscriptionFilter.stringFilter({ allowlist: ["order"] }) };
  topic.addSubscription(new SqsSubscription(inbox, { filterPolicy, deadLetterQueue }));
  const alarms = new Topic(stack, "Alarms", { topicName: "alarms" });
  alarms.addSubscription(new SqsSubscription(inbox, { rawMessageDelivery: true }));
  const metric = new Metric({ namespace: "Shop", metricName: "Errors", period: Duration.minutes(1) });
  const alarm = new Alarm(stack, "Alarm", { alarmName: "errors", metric, threshold: 1, evaluationPeriods: 1 });
  alarm.addAlarmAction(new SnsAction(alarms));
  const bucket = new Bucket(stack, "Bucket", { bucketName: "cdk-uploads" });
  bucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(inbox), { suffix: ".txt" });
  // A topic of its own: the policy that lets S3 in would take the place of the one that lets alarms in.
  const pictures = new Topic(stack, "Pictures", { topicName: "pictures" });
  pictures.addSubscription(new SqsSubscription(inbox, { rawMessageDelivery: true }));
  bucket.addEventNotification(EventType.OBJECT_CREATED, new SnsDestination(pictures), { suffix: ".png" });
  return app.synth().getStackByName("Uploads").template as object;
}

/** The bodies of the inbox' next messages, until one fits. */
async function receive(fits: (body: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
  const QueueUrl = `${cloud.endpoint}/000000000000/inbox`;
  const found: Record<string, unknown>[] = [];
  await eventually(async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { Body, ReceiptHandle } of Messages ?? []) {
      found.push(JSON.parse(Body!) as Record<string, unknown>);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return found.some(fits);
  });
  return found.find(fits)!;
}

test.runIf(hasBoto3)(
  "an app of the CDK's own constructs receives messages, alarms and object events",
  { timeout: 60_000 },
  async () => {
    const stack = await deploy(cloud.client(CloudFormationClient), "Uploads", synthesise(), {
      ChangeSetType: "CREATE",
    });
    expect([stack.StackStatus, stack.StackStatusReason]).toEqual(["CREATE_COMPLETE", undefined]);

    const MessageAttributes = { kind: { DataType: "String", StringValue: "order" } };
    const TopicArn = "arn:aws:sns:us-east-1:000000000000:news";
    await cloud.client(SNSClient).send(new PublishCommand({ TopicArn, Message: "hello", MessageAttributes }));
    expect(await receive(({ Type }) => Type === "Notification")).toMatchObject({ Message: "hello" });

    const cloudwatch = cloud.client(CloudWatchClient);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "errors", StateValue: "ALARM", StateReason: "test" }));
    expect(await receive(({ AlarmName }) => AlarmName === "errors")).toMatchObject({ NewStateValue: "ALARM" });

    const s3 = cloud.client(S3Client, { forcePathStyle: true });
    const told = (key: string) => receive(({ Records }) => JSON.stringify(Records ?? "").includes(`"${key}"`));
    for (const Key of ["a.txt", "a.png"]) {
      await s3.send(new PutObjectCommand({ Bucket: "cdk-uploads", Key, Body: "x" }));
      expect(await told(Key)).toMatchObject({ Records: [{ eventName: "ObjectCreated:Put" }] });
    }
  },
);
