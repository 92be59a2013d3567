import { ListSubscriptionsByTopicCommand, ListTopicsCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { Duration } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Function, Rollout } from "../../../lib/index.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/** A topic whose messages reach the live version through a queue: the next version drops the subscription. */

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
}, 60_000);

afterAll(() => app.stop());

const build =
  (version: number, isSubscribed: boolean, bake = Duration.minutes(2)): BuildApp =>
  (stack, root) => {
    const topic = new Topic(stack, "Orders");
    const queue = new Queue(stack, "Queue");
    if (isSubscribed) topic.addSubscription(new SqsSubscription(queue));
    const fn = new Function(stack, "Work", {
      functionName: "work",
      code: inlineCode("return event.Records?.length;"),
      environment: { VERSION: String(version) },
    });
    fn.addEventSource(new SqsEventSource(queue));
    new Rollout(root, "Rollout", { policy: Rollout.canary({ percent: 50, bake }) });
  };

async function subscriptions(): Promise<readonly string[]> {
  const sns = app.cloud.client(SNSClient);
  const [topic] = (await sns.send(new ListTopicsCommand({}))).Topics ?? [];
  await sns.send(new PublishCommand({ TopicArn: topic?.TopicArn, Message: "x" }));
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic?.TopicArn }));
  return Subscriptions.map(({ Protocol = "" }) => Protocol);
}

test("the subscription stays until the promotion, and goes after it", async () => {
  expect(await app.deploy(build(1, true))).toMatchObject({ exitCode: 0 });
  const stopping = new AbortController();
  const said = app.messages.length;
  const deploying = app.deploy(build(2, false, Duration.hours(2)), { signal: stopping.signal });
  await expect
    .poll(() => app.messages.slice(said).some(({ code }) => code === "StepVerified"), { timeout: 60_000 })
    .toBe(true);
  expect(await subscriptions()).toEqual(["sqs"]);
  stopping.abort();
  expect(await deploying).toMatchObject({ release: { state: "ROLLED_BACK" } });
  expect(await subscriptions()).toEqual(["sqs"]);

  expect(await app.deploy(build(3, false))).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(await subscriptions()).toEqual([]);
}, 120_000);
