import { Match } from "aws-cdk-lib/assertions";
import { FilterOrPolicy, SubscriptionFilter, SubscriptionProtocol } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { Function, Queue, type SubscribeOptions, Topic, type TopicProps } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, templateOf, testStack } from "../helpers/template.ts";

type Who = "function" | "queue" | "fifo queue" | "none" | `${string}:${string}`;

function templateWith(who: Who = "function", options: SubscribeOptions = {}, props: TopicProps = {}) {
  const { stack } = testStack();
  const topic = new Topic(stack, "Orders", props);
  if (who === "function") topic.subscribe(new Function(stack, "Mail", { entry: HELLO }), options);
  else if (who === "queue") topic.subscribe(new Queue(stack, "Queue", { deadLetterQueue: false }), options);
  else if (who === "fifo queue")
    topic.subscribe(new Queue(stack, "Queue", { fifo: true, deadLetterQueue: false }), options);
  else if (who !== "none") topic.subscribe(who, options);
  return templateOf(stack);
}

const subscriptionOf = (...given: Parameters<typeof templateWith>) =>
  onlyResource(templateWith(...given), "AWS::SNS::Subscription").properties;

describe("a topic", () => {
  test("renders the same template as before", () => {
    expect(normalised(templateWith())).toMatchSnapshot();
  });

  test("delivers to a function's alias, and keeps what could not be delivered for 14 days", () => {
    const template = templateWith();
    const { properties } = onlyResource(template, "AWS::SNS::Subscription");
    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    const queue = onlyResource(template, "AWS::SQS::Queue");
    expect(properties).toMatchObject({
      Protocol: "lambda",
      Endpoint: { Ref: alias },
      RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": [queue.id, "Arn"] } },
    });
    expect(queue.properties["MessageRetentionPeriod"]).toBe(1_209_600);
    expect(onlyResource(template, "AWS::Lambda::Permission").properties["FunctionName"]).toEqual({ Ref: alias });
  });

  test("keeps what the function failed for, unless the function has a setting for it", () => {
    const template = templateWith();
    const queue = { "Fn::GetAtt": [onlyResource(template, "AWS::SQS::Queue").id, "Arn"] };
    expect(onlyResource(template, "AWS::Lambda::EventInvokeConfig").properties).toMatchObject({
      Qualifier: "live",
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
    const [config] = Object.values(template.findResources("AWS::Lambda::EventInvokeConfig"));
    expect(config!["DependsOn"]).toContain(onlyResource(template, "AWS::Lambda::Alias").id);
    templateWith("function", { deadLetterQueue: false }).resourceCountIs("AWS::Lambda::EventInvokeConfig", 0);

    const { stack } = testStack();
    const fn = new Function(stack, "Mail", { entry: HELLO, retryAttempts: 0 });
    for (const id of ["One", "Other"]) new Topic(stack, id).subscribe(fn);
    templateOf(stack).hasResourceProperties("AWS::Lambda::EventInvokeConfig", { DestinationConfig: Match.absent() });
  });

  test("delivers what was published to a queue, without an envelope by default", () => {
    expect(subscriptionOf("queue")).toMatchObject({ Protocol: "sqs", RawMessageDelivery: true });
    expect(subscriptionOf("queue", { rawMessageDelivery: false })).not.toMatchObject({ RawMessageDelivery: true });
    templateWith("queue", { deadLetterQueue: false }).hasResourceProperties("AWS::SNS::Subscription", {
      RedrivePolicy: Match.absent(),
    });
  });

  test("delivers to a web address by its protocol", () => {
    expect(subscriptionOf("https://example.com/hook")).toMatchObject({
      Protocol: "https",
      Endpoint: "https://example.com/hook",
    });
  });

  test("filters on attributes or on the body, as SNS writes it", () => {
    const filter = { kind: ["order", { prefix: "return" }], total: [{ numeric: [">", 100] }] };
    expect(subscriptionOf("function", { filterPolicy: filter })).toMatchObject({
      FilterPolicy: filter,
      FilterPolicyScope: "MessageAttributes",
    });
    // CloudFormation removes a filter, but not its scope: without a filter there is one that is valid for any filter before.
    expect(subscriptionOf("function")).toMatchObject({ FilterPolicyScope: "MessageBody" });
    const nested = { $or: [{ order: { kind: ["large"] } }, { order: { total: [{ exists: false }] } }] };
    expect(subscriptionOf("queue", { filterPolicyWithMessageBody: nested })).toMatchObject({
      FilterPolicy: nested,
      FilterPolicyScope: "MessageBody",
    });
  });

  test("filters with the values of aws-cdk-lib", () => {
    const total = SubscriptionFilter.numericFilter({ greaterThan: 100 });
    expect(subscriptionOf("function", { filterPolicy: { total } })).toMatchObject({
      FilterPolicy: { total: [{ numeric: [">", 100] }] },
    });
    const order = FilterOrPolicy.policy({ total: FilterOrPolicy.filter(total) });
    expect(subscriptionOf("function", { filterPolicyWithMessageBody: { order } })).toMatchObject({
      FilterPolicy: { order: { total: [{ numeric: [">", 100] }] } },
      FilterPolicyScope: "MessageBody",
    });
  });

  test("hands settings on to aws-cdk-lib's topic", () => {
    const given = { fifo: true, messageRetentionPeriodInDays: 7, signatureVersion: "2" };
    expect(onlyResource(templateWith("none", {}, given), "AWS::SNS::Topic").properties).toMatchObject({
      ArchivePolicy: { MessageRetentionPeriod: 7 },
      SignatureVersion: "2",
    });
  });

  test("makes the dead-letter queue of a FIFO queue FIFO", () => {
    const template = templateWith("fifo queue", {}, { fifo: true });
    expect(onlyResource(template, "AWS::SNS::Topic").properties).toMatchObject({
      FifoTopic: true,
      ContentBasedDeduplication: true,
    });
    const queues = Object.values(template.findResources("AWS::SQS::Queue"));
    expect(queues.map(({ Properties }) => (Properties as { FifoQueue: boolean }).FifoQueue)).toEqual([true, true]);
  });

  test("keeps a subscriber's dead-letter queue when others subscribe, also among subscribers with the same id", () => {
    const { stack } = testStack();
    const [topic, other] = ["A", "B"].map((scope) => new Topic(new Construct(stack, scope), "Orders"));
    const functions = ["C", "D"].map((scope) => new Function(new Construct(stack, scope), "Mail", { entry: HELLO }));
    for (const fn of functions) topic!.subscribe(fn);
    topic!.subscribe("https://example.com/hook");
    other!.subscribe(functions[0]!);
    templateOf(stack).resourceCountIs("AWS::SNS::Subscription", 4);
    expect(topic!.deadLetterQueueOf(functions[1]!)?.node.path).toBe("Test/A/Orders/D--MailDeadLetters");
    expect(topic!.deadLetterQueueOf("https://example.com/hook")?.node.id).toBe(
      "https:----example.com--hookDeadLetters",
    );
  });

  test("that is FIFO delivers to standard queues too, with standard dead-letter queues", () => {
    const queues = templateWith("queue", {}, { fifo: true }).findResources("AWS::SQS::Queue");
    expect(Object.keys(queues)).toHaveLength(2);
    expect(JSON.stringify(queues)).not.toContain("FifoQueue");
  });

  test("returns a subscriber's dead-letter queue", () => {
    const { stack } = testStack();
    const topic = new Topic(stack, "Orders");
    const [queue, other] = [new Queue(stack, "Queue"), new Queue(stack, "Other")];
    topic.subscribe(queue).subscribe(other, { deadLetterQueue: false });
    expect(topic.deadLetterQueueOf(queue)?.node.path).toBe("Test/Orders/QueueDeadLetters");
    expect(topic.deadLetterQueueOf(other)).toBeUndefined();
  });
});

describe("a topic fails when", () => {
  test("a subscriber subscribes twice", () => {
    const { stack } = testStack();
    const queue = new Queue(stack, "Queue");
    new Topic(stack, "Orders").subscribe(queue, { filterPolicy: { kind: ["order"] } }).subscribe(queue);
    expect(() => templateOf(stack)).toThrow(
      /subscriber Queue: subscribe: it has a subscription to this topic already.*\$or/,
    );
  });

  test("a FIFO queue's dead-letter queue is a standard queue", () => {
    const { stack } = testStack();
    const [queue, deadLetters] = [new Queue(stack, "Queue", { fifo: true }), new Queue(stack, "Lost")];
    new Topic(stack, "Orders", { fifo: true }).subscribe(queue, { deadLetterQueue: deadLetters });
    expect(() => templateOf(stack)).toThrow(/subscriber Queue: deadLetterQueue: .* a FIFO queue/);
  });

  test.each<[string, Who, SubscribeOptions, TopicProps, RegExp]>([
    ["its name is invalid", "none", {}, { topicName: "my topic" }, /topicName: got 'my topic'/],
    [
      "the name of a FIFO topic has no suffix",
      "none",
      {},
      { fifo: true, topicName: "orders" },
      /with \.fifo at the end/,
    ],
    ["its display name is long", "none", {}, { displayName: "x".repeat(101) }, /displayName: got 101 characters/],
    ["it deduplicates without being FIFO", "none", {}, { contentBasedDeduplication: true }, /only FIFO topics/],
    ["a subscriber is not an address", "mailto:a@b.example", {}, {}, /subscribe: got 'mailto:a@b\.example'/],
    ["a function subscribes to a FIFO topic", "function", {}, { fifo: true }, /a FIFO topic delivers only to queues/],
    ["a FIFO queue subscribes to a standard topic", "fifo queue", {}, {}, /cannot deliver to a FIFO queue/],
    ["a filter is not a filter policy", "queue", { filterPolicy: { kind: "order" } }, {}, /filterPolicy: .*kind/],
    [
      "a filter has an operator of rules",
      "queue",
      { filterPolicy: { kind: [{ wildcard: "*" }] } },
      {},
      /match type wildcard/,
    ],
    ["a filter on attributes is nested", "queue", { filterPolicy: { a: { b: ["c"] } } }, {}, /does not support nested/],
    [
      "a filter has six keys",
      "queue",
      { filterPolicy: Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((key) => [key, ["x"]])) },
      {},
      /more than 5 keys/,
    ],
    [
      "a subscription has two filters",
      "queue",
      { filterPolicy: { kind: ["order"] }, filterPolicyWithMessageBody: { kind: ["order"] } },
      {},
      /filterPolicy, filterPolicyWithMessageBody: both were given/,
    ],
    ["a function gets raw messages", "function", { rawMessageDelivery: true }, {}, /rawMessageDelivery: a function/],
    ["a queue has a protocol", "queue", { protocol: SubscriptionProtocol.HTTPS }, {}, /only web addresses have them/],
  ])("%s", (_what, who, options, props, words) => {
    expect(() => templateWith(who, options, props)).toThrow(words);
    expect(() => templateWith(who, options, props)).toThrow(/Test\/Orders/);
  });
});
