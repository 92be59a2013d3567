import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { FilterCriteria, FilterRule } from "aws-cdk-lib/aws-lambda";
import { DeduplicationScope, QueueEncryption, RedrivePermission } from "aws-cdk-lib/aws-sqs";
import { describe, expect, test } from "vitest";
import { type ConsumeOptions, Function, Queue, type QueueProps } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, templateOf, testStack } from "../helpers/template.ts";

function templateWith(props: QueueProps = {}, consume?: ConsumeOptions, timeout = Duration.seconds(10)) {
  const { stack } = testStack();
  const queue = new Queue(stack, "Work", props);
  if (consume !== undefined) queue.consume(new Function(stack, "Worker", { entry: HELLO, timeout }), consume);
  return templateOf(stack);
}

describe("a queue", () => {
  test("renders the same template as before", () => {
    expect(normalised(templateWith())).toMatchSnapshot();
  });

  test("sends messages to a dead-letter queue of its own after five receives, and keeps them there for 14 days", () => {
    const template = templateWith();
    template.hasResourceProperties("AWS::SQS::Queue", {
      RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: Match.anyValue() },
    });
    template.hasResourceProperties("AWS::SQS::Queue", { MessageRetentionPeriod: 1_209_600 });
    expect(Object.keys(templateWith({ deadLetterQueue: false }).findResources("AWS::SQS::Queue"))).toHaveLength(1);
  });

  test("hides a message for six times the timeout of its consumer", () => {
    const template = templateWith({}, {}, Duration.seconds(40));
    template.hasResourceProperties("AWS::SQS::Queue", { VisibilityTimeout: 240 });
  });

  test("is read through the function's alias, with partial failures", () => {
    const filters = [{ body: { kind: ["order"] } }];
    const template = templateWith(
      {},
      { batchSize: 100, maxBatchingWindow: Duration.seconds(5), maxConcurrency: 4, filters },
    );
    const { properties } = onlyResource(template, "AWS::Lambda::EventSourceMapping");
    expect(properties).toMatchObject({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 4 },
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify(filters[0]) }] },
    });
    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    expect(JSON.stringify(properties["FunctionName"])).toContain(alias);
  });

  test("takes the setting of every prop of aws-cdk-lib's queue", () => {
    const template = templateWith({
      receiveMessageWaitTime: Duration.seconds(20),
      maxMessageSizeBytes: 2_048,
      encryption: QueueEncryption.KMS_MANAGED,
      dataKeyReuse: Duration.hours(1),
      deliveryDelay: Duration.seconds(3),
      retentionPeriod: Duration.days(1),
      removalPolicy: RemovalPolicy.RETAIN,
      redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
      deadLetterQueue: { maxReceiveCount: 2 },
    });
    template.hasResource("AWS::SQS::Queue", {
      DeletionPolicy: "Retain",
      Properties: {
        ReceiveMessageWaitTimeSeconds: 20,
        MaximumMessageSize: 2_048,
        KmsMasterKeyId: "alias/aws/sqs",
        KmsDataKeyReusePeriodSeconds: 3_600,
        DelaySeconds: 3,
        MessageRetentionPeriod: 86_400,
        RedriveAllowPolicy: { redrivePermission: "denyAll" },
        RedrivePolicy: { maxReceiveCount: 2 },
      },
    });
  });

  test("keeps its dead-letter queue below itself, apart from the ids of the app", () => {
    const { stack } = testStack();
    const queue = new Queue(stack, "Orders");
    new Queue(stack, "OrdersDeadLetters");
    expect(queue.deadLetterQueue?.queue.node.path).toBe("Test/Orders/DeadLetters");
  });

  test("sends dead letters to a queue that is given", () => {
    const { stack } = testStack();
    const letters = new Queue(stack, "Letters", { deadLetterQueue: false });
    const { deadLetterQueue } = new Queue(stack, "Orders", { deadLetterQueue: { queue: letters } });
    expect(deadLetterQueue).toEqual({ queue: letters, maxReceiveCount: 5 });
    templateOf(stack).resourceCountIs("AWS::SQS::Queue", 2);
  });

  test("has an event source for each function that consumes it", () => {
    const { stack } = testStack();
    const queue = new Queue(stack, "Work");
    const [worker, other] = ["Worker", "Other"].map((id) => new Function(stack, id, { entry: HELLO }));
    expect(queue.consume(worker!)).toBe(queue);
    expect(queue.eventSourceOf(worker!)?.eventSourceMappingId).toBeDefined();
    expect(queue.eventSourceOf(other!)).toBeUndefined();
  });

  test("takes a filter that aws-cdk-lib wrote, and a pattern", () => {
    const filter = FilterCriteria.filter({ body: { kind: FilterRule.isEqual("order") } });
    const { properties } = onlyResource(templateWith({}, { filters: [filter] }), "AWS::Lambda::EventSourceMapping");
    expect(properties["FilterCriteria"]).toEqual({ Filters: [{ Pattern: '{"body":{"kind":["order"]}}' }] });
  });

  test("makes its dead-letter queue FIFO when it is FIFO", () => {
    const queues = Object.values(templateWith({ fifo: true }).findResources("AWS::SQS::Queue"));
    expect(queues.map(({ Properties }) => (Properties as { FifoQueue: boolean }).FifoQueue)).toEqual([true, true]);
  });
});

describe("a queue fails when", () => {
  test.each<[string, QueueProps, ConsumeOptions | undefined, RegExp]>([
    [
      "messages reappear before the function is done",
      { visibilityTimeout: Duration.seconds(5) },
      {},
      /visibilityTimeout: got 5 seconds; Test\/Worker has a timeout of 10/,
    ],
    [
      "messages are kept longer than SQS allows",
      { retentionPeriod: Duration.days(15) },
      undefined,
      /retentionPeriod: got 1296000 seconds; allowed are whole seconds, 1 minute to 14 days/,
    ],
    [
      "a receive waits longer than SQS allows",
      { receiveMessageWaitTime: Duration.seconds(21) },
      undefined,
      /receiveMessageWaitTime: got 21 seconds/,
    ],
    ["messages may be too large", { maxMessageSizeBytes: 2_000_000 }, undefined, /maxMessageSizeBytes: got 2000000/],
    [
      "a message may not be received once",
      { deadLetterQueue: { maxReceiveCount: 0 } },
      undefined,
      /deadLetterQueue.maxReceiveCount: got 0/,
    ],
    ["it deduplicates without being FIFO", { contentBasedDeduplication: true }, undefined, /only FIFO queues have it/],
    [
      "it deduplicates by message group without being FIFO",
      { deduplicationScope: DeduplicationScope.MESSAGE_GROUP },
      undefined,
      /deduplicationScope: only FIFO queues have it/,
    ],
    ["the name of a FIFO queue has no suffix", { fifo: true, queueName: "work" }, undefined, /queueName: got 'work'/],
    ["a large batch has no window", {}, { batchSize: 11 }, /batchSize: got 11; more than 10 messages need a/],
    [
      "a FIFO queue has a batching window",
      { fifo: true },
      { maxBatchingWindow: Duration.seconds(1) },
      /maxBatchingWindow: FIFO queues/,
    ],
    ["the concurrency is below Lambda's least", {}, { maxConcurrency: 1 }, /maxConcurrency: got 1/],
    ["a filter is not a pattern", {}, { filters: [{ body: "order" }] }, /filters\[0\]: /],
  ])("%s", (_what, props, consume, words) => {
    expect(() => templateWith(props, consume)).toThrow(words);
    expect(() => templateWith(props, consume)).toThrow(/Test\/Work/);
  });
});
