import { Duration } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
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
  test("looks as it always did", () => {
    expect(normalised(templateWith())).toMatchSnapshot();
  });

  test("gives up after five receives to a queue that keeps dead letters for 14 days", () => {
    const template = templateWith();
    template.hasResourceProperties("AWS::SQS::Queue", {
      RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: Match.anyValue() },
    });
    template.hasResourceProperties("AWS::SQS::Queue", { MessageRetentionPeriod: 1_209_600 });
    expect(Object.keys(templateWith({ deadLetters: false }).findResources("AWS::SQS::Queue"))).toHaveLength(1);
  });

  test("hides a message for six times as long as its consumer may take", () => {
    const template = templateWith({}, {}, Duration.seconds(40));
    template.hasResourceProperties("AWS::SQS::Queue", { VisibilityTimeout: 240 });
  });

  test("is read through the function's alias, with partial failures", () => {
    const filters = [{ body: { kind: ["order"] } }];
    const template = templateWith({}, { batchSize: 100, window: Duration.seconds(5), maxConcurrency: 4, filters });
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

  test("keeps order where it is told to, and its dead letters too", () => {
    const queues = Object.values(templateWith({ fifo: true }).findResources("AWS::SQS::Queue"));
    expect(queues.map(({ Properties }) => (Properties as { FifoQueue: boolean }).FifoQueue)).toEqual([true, true]);
  });
});

describe("a queue fails when", () => {
  test.each<[string, QueueProps, ConsumeOptions | undefined, RegExp]>([
    [
      "its messages come back too early",
      { visibilityTimeout: Duration.seconds(5) },
      {},
      /visibilityTimeout: 5 seconds are less than the 10 that Test\/Worker may take/,
    ],
    [
      "it keeps messages too long",
      { retention: Duration.days(15) },
      undefined,
      /retention: got 1296000 seconds; allowed are whole seconds, 1 minute to 14 days/,
    ],
    ["it gives up before the first receive", { maxReceives: 0 }, undefined, /maxReceives: got 0/],
    ["it tells messages apart without being FIFO", { contentBasedDeduplication: true }, undefined, /only FIFO queues/],
    ["its name does not fit", { fifo: true, queueName: "work" }, undefined, /queueName: got 'work'/],
    ["a batch has no window", {}, { batchSize: 11 }, /batchSize: 11 messages are more than one receive brings/],
    ["a FIFO queue has one", { fifo: true }, { window: Duration.seconds(1) }, /window: a FIFO queue/],
    ["too little goes on at once", {}, { maxConcurrency: 1 }, /maxConcurrency: got 1/],
    ["a filter is no pattern", {}, { filters: [{ body: "order" }] }, /filters\[0\]: /],
  ])("%s", (_what, props, consume, words) => {
    expect(() => templateWith(props, consume)).toThrow(words);
    expect(() => templateWith(props, consume)).toThrow(/Test\/Work/);
  });
});
