import { Duration, SecretValue } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { ApiDestination, Authorization, Connection, EventField, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, Pass } from "aws-cdk-lib/aws-stepfunctions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, test } from "vitest";
import {
  EventBus,
  type EventBusProps,
  Function,
  Queue,
  Rule,
  type RuleProps,
  type RuleTargetOptions,
  StateMachine,
  Stream,
} from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, templateOf, testStack } from "../helpers/template.ts";

const eventPattern = { source: ["shop"], detail: { total: [{ numeric: [">", 100] }] } };

function templateWith(props: Partial<RuleProps> = {}, options: RuleTargetOptions = {}, busProps: EventBusProps = {}) {
  const { stack } = testStack();
  const bus = new EventBus(stack, "Shop", busProps);
  const rule = new Rule(stack, "Large", { eventBus: bus, eventPattern, ...props });
  rule.to(new Function(stack, "Review", { entry: HELLO }), options);
  return templateOf(stack);
}

interface Target {
  readonly Arn: unknown;
  readonly DeadLetterConfig?: unknown;
  readonly SqsParameters?: unknown;
}

describe("a rule on a bus", () => {
  test("renders the same template as before", () => {
    expect(normalised(templateWith({}, {}, { archive: {} }))).toMatchSnapshot();
  });

  test("sends events to the alias, and keeps what is not taken for 14 days", () => {
    const template = templateWith();
    const { properties } = onlyResource(template, "AWS::Events::Rule");
    expect(properties).toMatchObject({ EventPattern: eventPattern, State: "ENABLED" });
    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    const [target] = properties["Targets"] as [Target];
    expect(target.Arn).toEqual({ Ref: alias });
    template.hasResourceProperties("AWS::SQS::Queue", { MessageRetentionPeriod: 1_209_600 });
    expect(target.DeadLetterConfig).toBeDefined();
    expect(onlyResource(template, "AWS::Lambda::Permission").properties["FunctionName"]).toEqual({ Ref: alias });
  });

  test("keeps what the function failed for", () => {
    const template = templateWith();
    const queue = { "Fn::GetAtt": [onlyResource(template, "AWS::SQS::Queue").id, "Arn"] };
    expect(onlyResource(template, "AWS::Lambda::EventInvokeConfig").properties).toMatchObject({
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
  });

  test("takes a pattern as EventBridge writes it", () => {
    const given = { "detail-type": ["Placed"], $or: [{ source: ["a"] }, { source: [{ wildcard: "b*c" }] }] };
    const { properties } = onlyResource(templateWith({ eventPattern: given }), "AWS::Events::Rule");
    expect(properties["EventPattern"]).toEqual(given);
  });

  test("drops undeliverable events where there is no dead-letter queue", () => {
    const template = templateWith({ deadLetterQueue: false });
    template.resourceCountIs("AWS::SQS::Queue", 0);
    template.hasResourceProperties("AWS::Events::Rule", { Targets: [{ DeadLetterConfig: Match.absent() }] });
  });

  test("reaches workflows by their alias, queues, topics, streams and other buses, each with its permission", () => {
    const { stack } = testStack();
    const rule = new Rule(stack, "Rule", { eventPattern });
    rule
      .to(
        new StateMachine(stack, "Workflow", { definitionBody: DefinitionBody.fromChainable(new Pass(stack, "Pass")) }),
      )
      .to(new Queue(stack, "Queue", { fifo: true }), { messageGroupId: "all" })
      .to(new Topic(stack, "Topic"))
      .to(new EventBus(stack, "Other"))
      .to(new Stream(stack, "Stream"), { partitionKeyPath: "$.detail.customer" });
    const template = templateOf(stack);
    const { properties } = onlyResource(template, "AWS::Events::Rule");
    const targets = properties["Targets"] as Target[];
    expect(targets).toHaveLength(5);
    expect(targets[0]!.Arn).toEqual({ Ref: onlyResource(template, "AWS::StepFunctions::StateMachineAlias").id });
    expect(targets[1]!.SqsParameters).toEqual({ MessageGroupId: "all" });
    expect(targets[4]).toMatchObject({ KinesisParameters: { PartitionKeyPath: "$.detail.customer" } });
    expect(properties["EventBusName"]).toBeUndefined();
    const allowed = JSON.stringify(template.findResources("AWS::IAM::Policy"));
    for (const action of ["states:StartExecution", "events:PutEvents", "kinesis:PutRecord"])
      expect(allowed).toContain(action);
    template.hasResourceProperties("AWS::SNS::TopicPolicy", {});
  });

  test("reaches log groups and API destinations, without a custom resource", () => {
    const { stack } = testStack();
    const connection = new Connection(stack, "Connection", {
      authorization: Authorization.apiKey("X-Key", SecretValue.unsafePlainText("hidden")),
    });
    new Rule(stack, "Rule", { eventPattern })
      .to(new LogGroup(stack, "Log"), { retryAttempts: 3 })
      .to(new ApiDestination(stack, "Partner", { connection, endpoint: "https://example.com/in" }));
    const template = templateOf(stack);
    const targets = onlyResource(template, "AWS::Events::Rule").properties["Targets"] as Target[];
    expect(JSON.stringify(targets[0]!.Arn)).toMatch(/:log-group:/);
    expect(JSON.stringify(targets[0]!.Arn)).not.toMatch(/:\*/);
    expect(targets[0]).toMatchObject({ RetryPolicy: { MaximumRetryAttempts: 3 } });
    expect(targets.map((target) => target.DeadLetterConfig)).not.toContain(undefined);
    const { properties: policy } = onlyResource(template, "AWS::Logs::ResourcePolicy");
    expect(JSON.stringify(policy["PolicyDocument"])).toContain("events.amazonaws.com");
    expect(JSON.stringify(template.findResources("AWS::IAM::Policy"))).toContain("events:InvokeApiDestination");
    template.resourceCountIs("AWS::Lambda::Function", 0);
  });

  test("passes parts of an event, and stops retrying at the configured limits", () => {
    const input = RuleTargetInput.fromObject({ order: EventField.fromPath("$.detail.id") });
    const template = templateWith({}, { input, retryAttempts: 2, maxEventAge: Duration.minutes(5) });
    template.hasResourceProperties("AWS::Events::Rule", {
      Targets: [
        {
          InputTransformer: { InputPathsMap: { "detail-id": "$.detail.id" }, InputTemplate: '{"order":<detail-id>}' },
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 300 },
        },
      ],
    });
  });

  test("keeps the events of its bus", () => {
    const archive = { retention: Duration.days(30), eventPattern: { source: ["shop"] } };
    templateWith({}, {}, { archive }).hasResourceProperties("AWS::Events::Archive", {
      RetentionDays: 30,
      EventPattern: { source: ["shop"] },
    });
  });
});

describe("synthesis fails when", () => {
  test.each<[string, Partial<RuleProps>, RuleTargetOptions, EventBusProps, RegExp]>([
    [
      "a pattern has no such operator",
      { eventPattern: { source: [{ starts: "a" }] } },
      {},
      {},
      /eventPattern: .*starts/,
    ],
    ["a pattern has a bare value", { eventPattern: { source: "shop" } }, {}, {}, /eventPattern: .*source/],
    [
      "a pattern is too long",
      { eventPattern: { source: ["x".repeat(2_100)] } },
      {},
      {},
      /eventPattern: has 2115 characters/,
    ],
    ["a rule's name does not fit", { ruleName: "my rule" }, {}, {}, /ruleName: got 'my rule'/],
    ["a bus's name is reserved by AWS", {}, {}, { eventBusName: "default" }, /eventBusName: got 'default'/],
    ["an archive keeps half a day", {}, {}, { archive: { retention: Duration.hours(12) } }, /got 43200 seconds/],
    ["an archive's pattern is none", {}, {}, { archive: { eventPattern: { source: [] } } }, /archive\.eventPattern: /],
    [
      "a delivery is tried too often",
      {},
      { retryAttempts: 186 },
      {},
      /retryAttempts: got 186; allowed are whole numbers/,
    ],
    [
      "the maximum age of an event is too short",
      {},
      { maxEventAge: Duration.seconds(59) },
      {},
      /maxEventAge: got 59 seconds/,
    ],
    ["a function has a partition key", {}, { partitionKeyPath: "$.id" }, {}, /partitionKeyPath: only streams/],
    [
      "a partition key is not a path",
      {},
      { partitionKeyPath: "id" },
      {},
      /partitionKeyPath: got 'id'; give the path to it/,
    ],
    ["a function has a message group", {}, { messageGroupId: "a" }, {}, /messageGroupId: only FIFO queues/],
  ])("%s", (_what, props, options, busProps, words) => {
    expect(() => templateWith(props, options, busProps)).toThrow(words);
  });

  test("a log group is given something else than the event", () => {
    const { stack } = testStack();
    new Rule(stack, "Rule", { eventPattern }).to(new LogGroup(stack, "Log"), { input: RuleTargetInput.fromText("x") });
    expect(() => templateOf(stack)).toThrow(/input: a log group receives events as they are/);
  });

  test("a FIFO queue has no message group, a bus an input, a rule six targets", () => {
    const { stack } = testStack();
    const rule = new Rule(stack, "Rule", { eventPattern });
    rule.to(new Queue(stack, "Queue", { fifo: true }));
    expect(() => templateOf(stack)).toThrow(/messageGroupId: missing; a FIFO queue needs one/);

    const other = testStack().stack;
    new Rule(other, "Rule", { eventPattern }).to(new EventBus(other, "Bus"), { retryAttempts: 1 });
    expect(() => templateOf(other)).toThrow(/a bus receives events as they are/);

    const third = testStack().stack;
    const many = new Rule(third, "Rule", { eventPattern });
    for (let index = 0; index < 6; index++) many.to(new Topic(third, `Topic${index}`));
    expect(() => templateOf(third)).toThrow(/to: 6 targets; 5 are allowed/);
  });
});
