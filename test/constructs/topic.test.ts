import { Match } from "aws-cdk-lib/assertions";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { Function, Queue, type SubscribeOptions, Topic, type TopicProps } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, templateOf, testStack } from "../helpers/template.ts";

type Who = "function" | "queue" | "fifo queue" | "nobody" | `${string}:${string}`;

function templateWith(who: Who = "function", options: SubscribeOptions = {}, props: TopicProps = {}) {
  const { stack } = testStack();
  const topic = new Topic(stack, "Orders", props);
  if (who === "function") topic.subscribe(new Function(stack, "Mail", { entry: HELLO }), options);
  else if (who === "queue") topic.subscribe(new Queue(stack, "Queue", { deadLetterQueue: false }), options);
  else if (who === "fifo queue")
    topic.subscribe(new Queue(stack, "Queue", { fifo: true, deadLetterQueue: false }), options);
  else if (who !== "nobody") topic.subscribe(who, options);
  return templateOf(stack);
}

const subscriptionOf = (...given: Parameters<typeof templateWith>) =>
  onlyResource(templateWith(...given), "AWS::SNS::Subscription").properties;

describe("a topic", () => {
  test("looks as it always did", () => {
    expect(normalised(templateWith())).toMatchSnapshot();
  });

  test("tells a function by its alias, and keeps what it did not take for 14 days", () => {
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

  test("keeps what the function failed for, unless it was said where that goes", () => {
    const template = templateWith();
    const queue = { "Fn::GetAtt": [onlyResource(template, "AWS::SQS::Queue").id, "Arn"] };
    expect(onlyResource(template, "AWS::Lambda::EventInvokeConfig").properties).toMatchObject({
      Qualifier: "live",
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
    const [config] = Object.values(template.findResources("AWS::Lambda::EventInvokeConfig"));
    expect(config!["DependsOn"]).toContain(onlyResource(template, "AWS::Lambda::Alias").id);
    templateWith("function", { deadLetters: false }).resourceCountIs("AWS::Lambda::EventInvokeConfig", 0);

    const { stack } = testStack();
    const fn = new Function(stack, "Mail", { entry: HELLO, retryAttempts: 0 });
    for (const id of ["One", "Other"]) new Topic(stack, id).subscribe(fn);
    templateOf(stack).hasResourceProperties("AWS::Lambda::EventInvokeConfig", { DestinationConfig: Match.absent() });
  });

  test("tells a queue what was published, without an envelope unless it is wanted", () => {
    expect(subscriptionOf("queue")).toMatchObject({ Protocol: "sqs", RawMessageDelivery: true });
    expect(subscriptionOf("queue", { raw: false })).not.toMatchObject({ RawMessageDelivery: true });
    templateWith("queue", { deadLetters: false }).hasResourceProperties("AWS::SNS::Subscription", {
      RedrivePolicy: Match.absent(),
    });
  });

  test("tells a web address, by the protocol that it names", () => {
    expect(subscriptionOf("https://example.com/hook")).toMatchObject({
      Protocol: "https",
      Endpoint: "https://example.com/hook",
    });
  });

  test("filters on attributes or on the body, as SNS writes it", () => {
    const filter = { kind: ["order", { prefix: "return" }], total: [{ numeric: [">", 100] }] };
    expect(subscriptionOf("function", { filter })).toMatchObject({
      FilterPolicy: filter,
      FilterPolicyScope: "MessageAttributes",
    });
    // CloudFormation takes a filter back, but not its scope; without a filter there is one that suits any before.
    expect(subscriptionOf("function")).toMatchObject({ FilterPolicyScope: "MessageBody" });
    const nested = { $or: [{ order: { kind: ["large"] } }, { order: { total: [{ exists: false }] } }] };
    expect(subscriptionOf("queue", { filter: nested, filterOn: "body" })).toMatchObject({
      FilterPolicy: nested,
      FilterPolicyScope: "MessageBody",
    });
  });

  test("keeps order where it is told to, with dead letters that do", () => {
    const template = templateWith("fifo queue", {}, { fifo: true });
    expect(onlyResource(template, "AWS::SNS::Topic").properties).toMatchObject({
      FifoTopic: true,
      ContentBasedDeduplication: true,
    });
    const queues = Object.values(template.findResources("AWS::SQS::Queue"));
    expect(queues.map(({ Properties }) => (Properties as { FifoQueue: boolean }).FifoQueue)).toEqual([true, true]);
  });

  test("keeps a subscriber's dead letters in one place, whoever else subscribes, and knows those of one name apart", () => {
    const { stack } = testStack();
    const [topic, other] = ["A", "B"].map((scope) => new Topic(new Construct(stack, scope), "Orders"));
    const functions = ["C", "D"].map((scope) => new Function(new Construct(stack, scope), "Mail", { entry: HELLO }));
    for (const fn of functions) topic!.subscribe(fn);
    topic!.subscribe("https://example.com/hook");
    other!.subscribe(functions[0]!);
    templateOf(stack).resourceCountIs("AWS::SNS::Subscription", 4);
    expect(topic!.deadLettersOf(functions[1]!)?.node.path).toBe("Test/A/Orders/D--MailDeadLetters");
    expect(topic!.deadLettersOf("https://example.com/hook")?.node.id).toBe("https:----example.com--hookDeadLetters");
  });

  test("of FIFO kind tells standard queues too, whose dead letters need no order", () => {
    const queues = templateWith("queue", {}, { fifo: true }).findResources("AWS::SQS::Queue");
    expect(Object.keys(queues)).toHaveLength(2);
    expect(JSON.stringify(queues)).not.toContain("FifoQueue");
  });

  test("says where a subscriber's dead letters are", () => {
    const { stack } = testStack();
    const topic = new Topic(stack, "Orders");
    const [queue, other] = [new Queue(stack, "Queue"), new Queue(stack, "Other")];
    topic.subscribe(queue).subscribe(other, { deadLetters: false });
    expect(topic.deadLettersOf(queue)?.node.path).toBe("Test/Orders/QueueDeadLetters");
    expect(topic.deadLettersOf(other)).toBeUndefined();
  });
});

describe("a topic fails when", () => {
  test("it is to tell somebody twice", () => {
    const { stack } = testStack();
    const queue = new Queue(stack, "Queue");
    new Topic(stack, "Orders").subscribe(queue, { filter: { kind: ["order"] } }).subscribe(queue);
    expect(() => templateOf(stack)).toThrow(/subscriber Queue: subscribe: it hears of this topic already.*\$or/);
  });

  test("a FIFO queue's dead letters would lose their order", () => {
    const { stack } = testStack();
    const [queue, deadLetters] = [new Queue(stack, "Queue", { fifo: true }), new Queue(stack, "Lost")];
    new Topic(stack, "Orders", { fifo: true }).subscribe(queue, { deadLetters });
    expect(() => templateOf(stack)).toThrow(/subscriber Queue: deadLetters: .* a FIFO queue/);
  });

  test.each<[string, Who, SubscribeOptions, TopicProps, RegExp]>([
    ["its name does not fit", "nobody", {}, { topicName: "my topic" }, /topicName: got 'my topic'/],
    ["a FIFO one's name does not fit", "nobody", {}, { fifo: true, topicName: "orders" }, /with \.fifo at the end/],
    ["its display name is long", "nobody", {}, { displayName: "x".repeat(101) }, /displayName: got 101 characters/],
    ["it tells apart without order", "nobody", {}, { contentBasedDeduplication: true }, /only FIFO topics/],
    ["a subscriber is no address", "mailto:a@b.example", {}, {}, /subscribe: got 'mailto:a@b\.example'/],
    ["a FIFO one tells a function", "function", {}, { fifo: true }, /a FIFO topic tells queues alone/],
    ["a standard one tells a FIFO queue", "fifo queue", {}, {}, /cannot tell a FIFO queue/],
    ["a filter is no policy", "queue", { filter: { kind: "order" } }, {}, /filter: .*kind/],
    [
      "a filter has an operator of rules",
      "queue",
      { filter: { kind: [{ wildcard: "*" }] } },
      {},
      /match type wildcard/,
    ],
    ["a filter on attributes is nested", "queue", { filter: { a: { b: ["c"] } } }, {}, /does not support nested/],
    [
      "a filter has six keys",
      "queue",
      { filter: Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((key) => [key, ["x"]])) },
      {},
      /more than 5 keys/,
    ],
    ["there is nothing to filter by", "queue", { filterOn: "body" }, {}, /filterOn: got 'body' and no filter/],
    ["a function should get it raw", "function", { raw: true }, {}, /raw: a function gets SNS's records/],
  ])("%s", (_what, who, options, props, words) => {
    expect(() => templateWith(who, options, props)).toThrow(words);
    expect(() => templateWith(who, options, props)).toThrow(/Test\/Orders/);
  });
});
