import { Duration, Stack, TimeZone } from "aws-cdk-lib";
import { ScheduleExpression, ScheduleGroup, TimeWindow } from "aws-cdk-lib/aws-scheduler";
import { SqsSendMessage } from "aws-cdk-lib/aws-scheduler-targets";
import { Topic as CdkTopic } from "aws-cdk-lib/aws-sns";
import { DefinitionBody, Pass } from "aws-cdk-lib/aws-stepfunctions";
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
function rights(target: TargetMaker, props: Given = { schedule: "rate(1 hour)" }): string[] {
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
  test("renders the same template as before", () => {
    expect(
      normalised(templateWith({ schedule: "rate(5 minutes)", input: { url: "https://example.com" } }, fn)),
    ).toMatchSnapshot();
  });

  test.each<[Given, object]>([
    [
      { schedule: "rate(1 minute)" },
      { ScheduleExpression: "rate(1 minute)", State: "ENABLED", FlexibleTimeWindow: { Mode: "OFF" } },
    ],
    [
      { schedule: "cron(0 8 ? * MON-FRI *)", timeZone: "Europe/Berlin", enabled: false },
      { ScheduleExpression: "cron(0 8 ? * MON-FRI *)", ScheduleExpressionTimezone: "Europe/Berlin", State: "DISABLED" },
    ],
    [{ schedule: "at(2027-01-31T09:00:00)" }, { ScheduleExpression: "at(2027-01-31T09:00:00)" }],
    [
      {
        schedule: "rate(2 days)",
        start: new Date("2027-01-01T00:00:00Z"),
        end: new Date("2028-01-01T00:00:00Z"),
        timeWindow: TimeWindow.flexible(Duration.hours(2)),
      },
      {
        StartDate: "2027-01-01T00:00:00.000Z",
        EndDate: "2028-01-01T00:00:00.000Z",
        FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 120 },
      },
    ],
    [
      { schedule: "rate(1 hour)", retryAttempts: 0, maxEventAge: Duration.minutes(1), input: "wake up" },
      { Target: { Input: "wake up", RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } } },
    ],
  ])("with %j renders it", (props, expected) => {
    expect(scheduleWith(props)).toMatchObject(expected);
  });

  test("calls a function by its alias, and may call nothing else", () => {
    const template = templateWith({ schedule: "rate(1 hour)", deadLetterQueue: false }, fn);
    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    const { properties } = onlyResource(template, "AWS::Scheduler::Schedule");
    expect(properties["Target"]).toMatchObject({ Arn: { Ref: alias } });
    expect(rights(fn, { schedule: "rate(1 hour)", deadLetterQueue: false })).toEqual([
      `"lambda:InvokeFunction" {"Ref":"${alias}"}`,
    ]);
  });

  test("starts a workflow by its alias", () => {
    const workflow: TargetMaker = (stack) =>
      new StateMachine(stack, "Flow", { definitionBody: DefinitionBody.fromChainable(new Pass(stack, "Pass")) });
    const template = templateWith({ schedule: "rate(1 hour)" }, workflow);
    const alias = onlyResource(template, "AWS::StepFunctions::StateMachineAlias").id;
    expect(onlyResource(template, "AWS::Scheduler::Schedule").properties["Target"]).toMatchObject({
      Arn: { Ref: alias },
    });
    expect(rights(workflow)[0]).toBe(`"states:StartExecution" {"Ref":"${alias}"}`);
  });

  test("sends to a queue, in a group if it is FIFO, and publishes on a topic", () => {
    const target = scheduleWith({ schedule: "rate(1 hour)", messageGroupId: "g" }, fifo)["Target"];
    expect(target).toMatchObject({ SqsParameters: { MessageGroupId: "g" } });
    expect(rights(queue)).toEqual([
      expect.stringMatching(/^"sqs:SendMessage" .*Work/),
      expect.stringMatching(/^"sqs:SendMessage" .*OftenDeadLetters/),
    ]);
    expect(rights((stack) => new Topic(stack, "News"))[0]).toMatch(/^"sns:Publish" .*News/);
    expect(rights((stack) => new CdkTopic(stack, "News"))[0]).toMatch(/^"sns:Publish" .*News/);
  });

  test("puts events on a bus, with their source", () => {
    const target = scheduleWith({ schedule: "rate(1 hour)", event, input: { shop: 7 } }, bus)["Target"];
    expect(target).toMatchObject({
      EventBridgeParameters: { Source: "shop.clock", DetailType: "Day ended" },
      Input: '{"shop":7}',
    });
    expect(rights(bus, { schedule: "rate(1 hour)", event })[0]).toMatch(/^"events:PutEvents" .*Shop/);
  });

  test("puts records into a stream, by default into one shard", () => {
    const target = scheduleWith({ schedule: "rate(1 hour)", input: "tick" }, stream)["Target"];
    expect(target).toMatchObject({ KinesisParameters: { PartitionKey: "Test/Often" }, Input: "tick" });
    expect(scheduleWith({ schedule: "rate(1 hour)", partitionKey: "k" }, stream)["Target"]).toMatchObject({
      KinesisParameters: { PartitionKey: "k" },
    });
    expect(rights(stream)[0]).toMatch(/^"kinesis:PutRecord" .*Readings/);
  });

  test("keeps what the target could not take for 14 days, and what a function failed for", () => {
    const template = templateWith({ schedule: "rate(1 hour)" }, fn);
    template.hasResourceProperties("AWS::SQS::Queue", { MessageRetentionPeriod: 1_209_600 });
    const dead = onlyResource(template, "AWS::SQS::Queue").id;
    const arn = { "Fn::GetAtt": [dead, "Arn"] };
    expect(onlyResource(template, "AWS::Scheduler::Schedule").properties["Target"]).toMatchObject({
      DeadLetterConfig: { Arn: arn },
    });
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      DestinationConfig: { OnFailure: { Destination: arn } },
    });
    expect(
      templateWith({ schedule: "rate(1 hour)", deadLetterQueue: false }, fn).findResources("AWS::SQS::Queue"),
    ).toEqual({});
  });

  test("takes what aws-cdk-lib's own takes: an expression, a time zone, a group, a target", () => {
    const { stack } = testStack();
    const group = new ScheduleGroup(stack, "Group", { scheduleGroupName: "nightly" });
    const schedule = ScheduleExpression.cron({ minute: "0", hour: "8", timeZone: TimeZone.EUROPE_BERLIN });
    const work = new Queue(stack, "Work", { deadLetterQueue: false });
    const made = new Schedule(stack, "Often", { schedule, scheduleGroup: group, target: new SqsSendMessage(work) });
    new Schedule(stack, "Other", { schedule: "rate(1 day)", scheduleGroup: group, target: work });
    expect(made.deadLetterQueue).toBeUndefined();
    const template = templateOf(stack);
    template.hasResourceProperties("AWS::Scheduler::Schedule", {
      ScheduleExpression: "cron(0 8 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      GroupName: "nightly",
      Target: { RoleArn: stack.resolve(made.role.roleArn) as object },
    });
    const roles = JSON.stringify(template.findResources("AWS::IAM::Role"));
    expect(roles).toContain(':schedule-group/nightly"');
  });

  test("is imported by its ARN, and has the metrics of aws-cdk-lib", () => {
    const { stack } = testStack();
    const arn = "arn:aws:scheduler:eu-west-1:111122223333:schedule/default/nightly";
    expect(Schedule.fromScheduleArn(stack, "Known", arn).scheduleName).toBe("nightly");
    expect(Schedule.metricAllErrors().metricName).toBe("TargetErrorCount");
  });

  test("calls a function of another stack, which keeps what it failed for", () => {
    const { app, stack } = testStack();
    const target = fn(new Stack(app, "Other"));
    new Schedule(stack, "Often", { schedule: "rate(1 hour)", target });
    templateOf(Stack.of(target)).resourceCountIs("AWS::SQS::Queue", 1);
    templateOf(stack).resourceCountIs("AWS::SQS::Queue", 1);
  });

  test("trusts only schedules of its account, and is created after its role", () => {
    const template = templateWith({ schedule: "rate(1 hour)", deadLetterQueue: false });
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
    [
      "its expression is of no kind",
      { schedule: "5 minutes" },
      queue,
      "schedule: got '5 minutes'; allowed are a Sched",
    ],
    [
      "its rate is invalid",
      { schedule: "rate(often)" },
      queue,
      "schedule: must be a whole number from 1 and minutes, hours or days",
    ],
    [
      "its rate has bad grammar",
      { schedule: "rate(1 minutes)" },
      queue,
      "schedule: has '1 minutes'; write '1 minute'\n    rate(1 minutes)\n           ^^^^^^^",
    ],
    [
      "its rate lacks an s",
      { schedule: "rate(5 minute)" },
      queue,
      "write '5 minutes'\n    rate(5 minute)\n           ^^^^^^",
    ],
    [
      "its hour does not exist",
      { schedule: "cron(0 25 * * ? *)" },
      queue,
      "schedule: has '25' for the hour; allowed are 0 to 23 with , - * /\n    cron(0 25 * * ? *)\n           ^^",
    ],
    ["it has both days", { schedule: "cron(0 8 1 * MON *)" }, queue, "one of them, and only one, must be ?"],
    [
      "a field is missing",
      { schedule: "cron(0 8 * * *)" },
      queue,
      "schedule: has 5 fields; it takes six: minute, hour,",
    ],
    [
      "its time has a zone",
      { schedule: "at(2027-01-31T09:00:00Z)" },
      queue,
      "schedule: got 'at(2027-01-31T09:00:00Z)'; allowed are",
    ],
    [
      "its zone does not exist",
      { schedule: "cron(0 8 * * ? *)", timeZone: "Mars" },
      queue,
      "timeZone: got 'Mars'; allowed are names",
    ],
    ["a rate has a zone", { schedule: "rate(1 day)", timeZone: "UTC" }, queue, "timeZone: a rate has none"],
    [
      "a single time has an end",
      { schedule: "at(2027-01-31T09:00:00)", end: new Date("2028-01-01T00:00:00Z") },
      queue,
      "start, end: a schedule that is due once has none",
    ],
    [
      "it ends before it starts",
      { schedule: "rate(1 day)", start: new Date("2028-01-01T00:00:00Z"), end: new Date("2027-01-01T00:00:00Z") },
      queue,
      "end: got 2027-01-01T00:00:00.000Z, which is not after the start",
    ],
    [
      "an expression of aws-cdk-lib has a time zone beside it",
      { schedule: ScheduleExpression.rate(Duration.days(1)), timeZone: "UTC" },
      queue,
      "timeZone: a ScheduleExpression has its own",
    ],
    ["it is retried too often", { schedule: "rate(1 day)", retryAttempts: 186 }, queue, "retryAttempts: got 186"],
    [
      "it is retried too briefly",
      { schedule: "rate(1 day)", maxEventAge: Duration.seconds(59) },
      queue,
      "maxEventAge: got 59 seconds",
    ],
    ["its name is invalid", { schedule: "rate(1 day)", scheduleName: "a b" }, queue, "scheduleName: got 'a b'"],
    ["a FIFO queue has no group", { schedule: "rate(1 day)" }, fifo, "messageGroupId: missing; a FIFO queue needs one"],
    [
      "a function has a message group",
      { schedule: "rate(1 day)", messageGroupId: "g" },
      fn,
      "messageGroupId: only FIFO queues",
    ],
    [
      "the input of a function is not JSON",
      { schedule: "rate(1 day)", input: "hi" },
      fn,
      "input: got the text 'hi'; functions, workflows and buses",
    ],
    ["a bus has no event", { schedule: "rate(1 day)" }, bus, "event: missing; give the source"],
    ["a queue has an event", { schedule: "rate(1 day)", event }, queue, "event: only buses have events; leave it out"],
    [
      "its event is AWS's",
      { schedule: "rate(1 day)", event: { ...event, source: "aws.clock" } },
      bus,
      "event.source: got 'aws.clock'; allowed are 1 to 256",
    ],
    [
      "its event has no type",
      { schedule: "rate(1 day)", event: { ...event, detailType: "" } },
      bus,
      "event.detailType: has 0 characters; allowed are 1 to 128",
    ],
    [
      "a queue has a partition key",
      { schedule: "rate(1 day)", partitionKey: "k" },
      queue,
      "partitionKey: only streams have partition keys",
    ],
    [
      "a key is too long",
      { schedule: "rate(1 day)", partitionKey: "k".repeat(257) },
      stream,
      "partitionKey: has 257 characters",
    ],
    ["its input is empty", { schedule: "rate(1 day)", input: "" }, queue, "input: is empty"],
  ])("%s", (_what, props, target, words) => {
    expect(() => templateWith(props, target)).toThrow(words);
    expect(() => templateWith(props, target)).toThrow("Test/Often");
  });

  test("its dead-letter queue is FIFO", () => {
    const { stack } = testStack();
    const target = queue(stack);
    const deadLetters = new Queue(stack, "Ordered", { fifo: true, deadLetterQueue: false });
    new Schedule(stack, "Often", { schedule: "rate(1 day)", target, deadLetterQueue: deadLetters });
    expect(() => templateOf(stack)).toThrow(
      "deadLetterQueue: got a FIFO queue; the Scheduler takes only standard queues",
    );
  });
});
