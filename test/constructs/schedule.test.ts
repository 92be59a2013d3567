import { Duration, Stack } from "aws-cdk-lib";
import { Topic as CdkTopic } from "aws-cdk-lib/aws-sns";
import { Pass } from "aws-cdk-lib/aws-stepfunctions";
import { describe, expect, test } from "vitest";
import {
  EventBus,
  Function,
  Queue,
  Schedule,
  type ScheduleProps,
  type ScheduleTarget,
  StateMachine,
  Stream,
  Topic,
} from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, templateOf, testStack } from "../helpers/template.ts";

type Given = Omit<ScheduleProps, "target">;
type TargetMaker = (stack: Stack) => ScheduleTarget;

const fn: TargetMaker = (stack) => new Function(stack, "Check", { entry: HELLO });
const queue: TargetMaker = (stack) => new Queue(stack, "Work", { deadLetterQueue: false });
const fifo: TargetMaker = (stack) => new Queue(stack, "Work", { deadLetterQueue: false, fifo: true });
const bus: TargetMaker = (stack) => new EventBus(stack, "Shop");
const stream: TargetMaker = (stack) => new Stream(stack, "Readings");
const event = { source: "shop.clock", detailType: "Day ended" };

function templateWith(props: Given, target = queue) {
  const { stack } = testStack();
  new Schedule(stack, "Often", { ...props, target: target(stack) });
  return templateOf(stack);
}

function scheduleWith(props: Given, target = queue): Record<string, unknown> {
  return onlyResource(templateWith(props, target), "AWS::Scheduler::Schedule").properties;
}

/** All that the schedule's role may do, as `action resource`. */
function rights(target: TargetMaker, props: Given = { rate: "1 hour" }): string[] {
  const policies = Object.values(templateWith(props, target).findResources("AWS::IAM::Policy"));
  const own = policies.map(
    ({ Properties }) => Properties as { Roles: unknown; PolicyDocument: { Statement: object[] } },
  );
  const schedules = own.filter(({ Roles }) => JSON.stringify(Roles).includes("OftenRole"));
  return schedules
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement as { Action: string; Resource: unknown }[])
    .map(({ Action, Resource }) => `${JSON.stringify(Action)} ${JSON.stringify(Resource)}`);
}

describe("a schedule", () => {
  test("looks as it always did", () => {
    expect(
      normalised(templateWith({ rate: "5 minutes", input: { url: "https://example.com" } }, fn)),
    ).toMatchSnapshot();
  });

  test.each<[Given, object]>([
    [
      { rate: "1 minute" },
      { ScheduleExpression: "rate(1 minute)", State: "ENABLED", FlexibleTimeWindow: { Mode: "OFF" } },
    ],
    [
      { cron: "0 8 ? * MON-FRI *", timeZone: "Europe/Berlin", enabled: false },
      { ScheduleExpression: "cron(0 8 ? * MON-FRI *)", ScheduleExpressionTimezone: "Europe/Berlin", State: "DISABLED" },
    ],
    [{ at: "2027-01-31T09:00:00" }, { ScheduleExpression: "at(2027-01-31T09:00:00)" }],
    [
      { rate: "2 days", start: "2027-01-01T00:00:00Z", end: "2028-01-01T00:00:00Z", flexibleWindow: Duration.hours(2) },
      {
        StartDate: "2027-01-01T00:00:00Z",
        EndDate: "2028-01-01T00:00:00Z",
        FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 120 },
      },
    ],
    [
      { rate: "1 hour", retries: 0, maxAge: Duration.minutes(1), input: "wake up" },
      { Target: { Input: "wake up", RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } } },
    ],
  ])("with %j says so", (props, expected) => {
    expect(scheduleWith(props)).toMatchObject(expected);
  });

  test("calls a function by its alias, and may call nothing else", () => {
    const template = templateWith({ rate: "1 hour", deadLetters: false }, fn);
    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    const { properties } = onlyResource(template, "AWS::Scheduler::Schedule");
    expect(properties["Target"]).toMatchObject({ Arn: { Ref: alias } });
    expect(rights(fn, { rate: "1 hour", deadLetters: false })).toEqual([`"lambda:InvokeFunction" {"Ref":"${alias}"}`]);
  });

  test("starts a workflow by its alias", () => {
    const workflow: TargetMaker = (stack) => new StateMachine(stack, "Flow", { definition: new Pass(stack, "Pass") });
    const template = templateWith({ rate: "1 hour" }, workflow);
    const alias = onlyResource(template, "AWS::StepFunctions::StateMachineAlias").id;
    expect(onlyResource(template, "AWS::Scheduler::Schedule").properties["Target"]).toMatchObject({
      Arn: { Ref: alias },
    });
    expect(rights(workflow)[0]).toBe(`"states:StartExecution" {"Ref":"${alias}"}`);
  });

  test("sends to a queue, in a group where it keeps order, and publishes on a topic", () => {
    const target = scheduleWith({ rate: "1 hour", messageGroup: "g" }, fifo)["Target"];
    expect(target).toMatchObject({ SqsParameters: { MessageGroupId: "g" } });
    expect(rights(queue)).toEqual([
      expect.stringMatching(/^"sqs:SendMessage" .*Work/),
      expect.stringMatching(/^"sqs:SendMessage" .*OftenDeadLetters/),
    ]);
    expect(rights((stack) => new Topic(stack, "News"))[0]).toMatch(/^"sns:Publish" .*News/);
    expect(rights((stack) => new CdkTopic(stack, "News"))[0]).toMatch(/^"sns:Publish" .*News/);
  });

  test("puts events on a bus, as who it says", () => {
    const target = scheduleWith({ rate: "1 hour", event, input: { shop: 7 } }, bus)["Target"];
    expect(target).toMatchObject({
      EventBridgeParameters: { Source: "shop.clock", DetailType: "Day ended" },
      Input: '{"shop":7}',
    });
    expect(rights(bus, { rate: "1 hour", event })[0]).toMatch(/^"events:PutEvents" .*Shop/);
  });

  test("puts records into a stream, in one shard unless told", () => {
    const target = scheduleWith({ rate: "1 hour", input: "tick" }, stream)["Target"];
    expect(target).toMatchObject({ KinesisParameters: { PartitionKey: "Test/Often" }, Input: "tick" });
    expect(scheduleWith({ rate: "1 hour", partitionKey: "k" }, stream)["Target"]).toMatchObject({
      KinesisParameters: { PartitionKey: "k" },
    });
    expect(rights(stream)[0]).toMatch(/^"kinesis:PutRecord" .*Readings/);
  });

  test("keeps what was not taken for 14 days, and what a function failed for", () => {
    const template = templateWith({ rate: "1 hour" }, fn);
    template.hasResourceProperties("AWS::SQS::Queue", { MessageRetentionPeriod: 1_209_600 });
    const dead = onlyResource(template, "AWS::SQS::Queue").id;
    const arn = { "Fn::GetAtt": [dead, "Arn"] };
    expect(onlyResource(template, "AWS::Scheduler::Schedule").properties["Target"]).toMatchObject({
      DeadLetterConfig: { Arn: arn },
    });
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      DestinationConfig: { OnFailure: { Destination: arn } },
    });
    expect(templateWith({ rate: "1 hour", deadLetters: false }, fn).findResources("AWS::SQS::Queue")).toEqual({});
  });

  test("calls a function of another stack, which keeps what it failed for", () => {
    const { app, stack } = testStack();
    const target = fn(new Stack(app, "Other"));
    new Schedule(stack, "Often", { rate: "1 hour", target });
    templateOf(Stack.of(target)).resourceCountIs("AWS::SQS::Queue", 1);
    templateOf(stack).resourceCountIs("AWS::SQS::Queue", 1);
  });

  test("is trusted as itself alone, and made when its role may act", () => {
    const template = templateWith({ rate: "1 hour", deadLetters: false });
    template.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: "scheduler.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          },
        ],
      },
    });
    const policy = onlyResource(template, "AWS::IAM::Policy").id;
    template.hasResource("AWS::Scheduler::Schedule", {
      DependsOn: [policy, onlyResource(template, "AWS::IAM::Role").id],
    });
  });
});

describe("a schedule fails when", () => {
  test.each<[string, Given, TargetMaker, string]>([
    ["it is due never", {}, queue, "rate, cron, at: got 0 of them; give exactly one"],
    ["it is due twice", { rate: "1 day", at: "2027-01-31T09:00:00" }, queue, "rate, cron, at: got 2 of them"],
    ["its rate is none", { rate: "often" }, queue, "rate: must be a whole number from 1 and minutes, hours or days"],
    ["its rate has bad grammar", { rate: "1 minutes" }, queue, "rate: says '1 minutes'; write '1 minute'\n"],
    ["its rate lacks an s", { rate: "5 minute" }, queue, "write '5 minutes'\n    5 minute\n      ^^^^^^"],
    [
      "its hour does not exist",
      { cron: "0 25 * * ? *" },
      queue,
      "cron: has '25' for the hour; allowed are 0 to 23 with , - * /\n    0 25 * * ? *\n      ^^",
    ],
    ["it names both days", { cron: "0 8 1 * MON *" }, queue, "one of them, and only one, must be ?"],
    ["it lacks a field", { cron: "0 8 * * *" }, queue, "cron: has 5 fields; it takes six: minute, hour,"],
    [
      "its time has a zone",
      { at: "2027-01-31T09:00:00Z" },
      queue,
      "at: got '2027-01-31T09:00:00Z'; allowed is a time without",
    ],
    [
      "its zone does not exist",
      { cron: "0 8 * * ? *", timeZone: "Mars" },
      queue,
      "timeZone: got 'Mars'; allowed are names",
    ],
    ["a rate has a zone", { rate: "1 day", timeZone: "UTC" }, queue, "timeZone: a rate looks at no clock"],
    [
      "a single time has an end",
      { at: "2027-01-31T09:00:00", end: "2028-01-01T00:00:00Z" },
      queue,
      "start, end: a single time",
    ],
    ["its start is no time", { rate: "1 day", start: "soon" }, queue, "start: got 'soon'; allowed is a time in UTC"],
    [
      "it ends before it starts",
      { rate: "1 day", start: "2028-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z" },
      queue,
      "end: got '2027-01-01T00:00:00Z', which is not after the start",
    ],
    [
      "its window is odd",
      { rate: "1 day", flexibleWindow: Duration.seconds(90) },
      queue,
      "flexibleWindow: got 90 seconds",
    ],
    ["it is tried too often", { rate: "1 day", retries: 186 }, queue, "retries: got 186"],
    ["it is tried too shortly", { rate: "1 day", maxAge: Duration.seconds(59) }, queue, "maxAge: got 59 seconds"],
    ["its name does not fit", { rate: "1 day", scheduleName: "a b" }, queue, "scheduleName: got 'a b'"],
    ["a FIFO queue has no group", { rate: "1 day" }, fifo, "messageGroup: a FIFO queue wants to know"],
    ["a function has one", { rate: "1 day", messageGroup: "g" }, fn, "messageGroup: only FIFO queues"],
    [
      "a function gets what is no JSON",
      { rate: "1 day", input: "hi" },
      fn,
      "input: got the text 'hi'; functions, workflows and buses",
    ],
    ["a bus gets no event", { rate: "1 day" }, bus, "event: a bus wants to know what the event is"],
    ["a queue gets one", { rate: "1 day", event }, queue, "event: only buses take events; leave it out"],
    [
      "its event is AWS's",
      { rate: "1 day", event: { ...event, source: "aws.clock" } },
      bus,
      "event.source: got 'aws.clock'; allowed are 1 to 256",
    ],
    [
      "its event is of no kind",
      { rate: "1 day", event: { ...event, detailType: "" } },
      bus,
      "event.detailType: has 0 characters; allowed are 1 to 128",
    ],
    ["a queue has shards", { rate: "1 day", partitionKey: "k" }, queue, "partitionKey: only streams have shards"],
    ["a key is too long", { rate: "1 day", partitionKey: "k".repeat(257) }, stream, "partitionKey: has 257 characters"],
    ["it gives nothing", { rate: "1 day", input: "" }, queue, "input: is empty"],
  ])("%s", (_what, props, target, words) => {
    expect(() => templateWith(props, target)).toThrow(words);
    expect(() => templateWith(props, target)).toThrow("Test/Often");
  });

  test("its dead letters would have to keep order", () => {
    const { stack } = testStack();
    const target = queue(stack);
    const deadLetters = new Queue(stack, "Ordered", { fifo: true, deadLetterQueue: false });
    new Schedule(stack, "Often", { rate: "1 day", target, deadLetters });
    expect(() => templateOf(stack)).toThrow("deadLetters: got a FIFO queue; the Scheduler takes standard ones only");
  });
});
