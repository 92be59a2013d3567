import { App, CfnOutput, LegacyStackSynthesizer, Stack } from "aws-cdk-lib";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { DeleteMessageCommand, DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Queue, type SubscribeOptions, Topic } from "../../../lib/index.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy } from "../cloudformation/spine.ts";
import { eventually, startEndpoint } from "./sns-fixture.ts";

let cloud: TestCloud;
let sns: SNSClient;
let sqs: SQSClient;

beforeAll(async () => {
  cloud = await startTestCloud({ log: () => undefined });
  sns = cloud.client(SNSClient);
  sqs = cloud.client(SQSClient);
});
afterAll(() => cloud.stop());

const made = new Set<string>();

/** Deploys what `build` makes, and answers the outputs. */
async function deployed(name: string, build: (stack: Stack) => Record<string, string>) {
  const app = new App({ analyticsReporting: false, context: { "tidegate:stage": "local" } });
  const stack = new Stack(app, name, { synthesizer: new LegacyStackSynthesizer() });
  for (const [key, value] of Object.entries(build(stack))) new CfnOutput(stack, `Output${key}`, { value });
  const { template } = app.synth().getStackByName(name) as { template: unknown };
  const ChangeSetType = made.has(name) ? "UPDATE" : "CREATE";
  made.add(name);
  const { StackStatus, Outputs } = await deploy(cloud.client(CloudFormationClient), name, template, {
    ChangeSetType,
  });
  expect(StackStatus).toBe(`${ChangeSetType}_COMPLETE`);
  return Object.fromEntries(
    Outputs!.map(({ OutputKey, OutputValue }) => [OutputKey!.replace("Output", ""), OutputValue!]),
  );
}

/** The bodies of the next messages of a queue, in order, taken out of it. */
async function take(QueueUrl: string | undefined, count: number): Promise<string[]> {
  const bodies: string[] = [];
  await eventually(async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { Body, ReceiptHandle } of Messages) {
      bodies.push(Body!);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return bodies.length >= count;
  });
  return bodies;
}

const publish = (TopicArn: string | undefined, message: object, group?: string) =>
  sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify(message), MessageGroupId: group }));

test("a queue receives what its filter matches, and another filter replaces it in the same subscription", async () => {
  const withFilter = (options: SubscribeOptions) =>
    deployed("Filtered", (stack) => {
      const queue = new Queue(stack, "Queue", { deadLetterQueue: false });
      const topic = new Topic(stack, "Topic", { displayName: "Shop" }).subscribe(queue, options);
      return { Topic: topic.topicArn, Queue: queue.queueUrl };
    });
  const large: SubscribeOptions = {
    filterPolicyWithMessageBody: { order: { total: [{ numeric: [">", 100] }] } },
  };
  const { Topic: arn, Queue: url } = await withFilter(large);
  for (const total of [50, 150]) await publish(arn, { order: { total } });
  expect(await take(url, 1)).toEqual(['{"order":{"total":150}}']);

  expect(await withFilter({ filterPolicyWithMessageBody: { order: { total: [50] } } })).toEqual({
    Topic: arn,
    Queue: url,
  });
  for (const total of [150, 50]) await publish(arn, { order: { total } });
  expect(await take(url, 1)).toEqual(['{"order":{"total":50}}']);

  await withFilter({ rawMessageDelivery: false });
  await publish(arn, { order: { total: 1 } });
  const [envelope] = await take(url, 1);
  expect(JSON.parse(envelope!)).toMatchObject({ Type: "Notification", Message: '{"order":{"total":1}}' });
});

test("a FIFO queue receives messages in order, and undeliverable ones are kept in order", async () => {
  const outputs = await deployed("Ordered", (stack) => {
    const queue = new Queue(stack, "Queue", { fifo: true, deadLetterQueue: false });
    const topic = new Topic(stack, "Topic", { fifo: true }).subscribe(queue);
    return { Topic: topic.topicArn, Queue: queue.queueUrl, Lost: topic.deadLetterQueueOf(queue)!.queueUrl };
  });
  const steps = [1, 2, 3].map((step) => ({ step }));
  for (const step of steps) await publish(outputs["Topic"], step, "order-1");
  expect(await take(outputs["Queue"], 3)).toEqual(steps.map((step) => JSON.stringify(step)));

  await sqs.send(new DeleteQueueCommand({ QueueUrl: outputs["Queue"] }));
  const late = [4, 5, 6].map((step) => ({ step }));
  for (const step of late) await publish(outputs["Topic"], step, "order-1");
  expect(await take(outputs["Lost"], 3)).toEqual(late.map((step) => JSON.stringify(step)));
});

test("a web address receives messages once it has confirmed, and those that it refuses are kept", async () => {
  const web = await startEndpoint();
  const outputs = await deployed("Web", (stack) => {
    const topic = new Topic(stack, "Topic").subscribe(web.url, { rawMessageDelivery: true });
    return { Topic: topic.topicArn, Lost: topic.deadLetterQueueOf(web.url)!.queueUrl };
  });
  await eventually(() => web.received.length === 1);
  await fetch(web.received[0]!.body["SubscribeURL"]!);
  await publish(outputs["Topic"], { order: 1 });
  await eventually(() => web.received.length === 2);
  expect(web.received[1]!.text).toBe('{"order":1}');

  web.statuses.push(403);
  await publish(outputs["Topic"], { order: 2 });
  expect(await take(outputs["Lost"], 1)).toEqual(['{"order":2}']);
  await web.stop();
});
