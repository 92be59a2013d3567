import { describe, expect, test } from "vitest";
import type { Template, TemplateResource } from "../../../lib/assembly/assembly.ts";
import { contractTemplate } from "../../../lib/deploy/expand/contract-template.ts";
import { expandTemplate } from "../../../lib/deploy/expand/expand-template.ts";
import { expansionOf } from "../../../lib/deploy/expand/expansion.ts";
import { liveDependencies, openGrantsOf } from "../../../lib/deploy/expand/live-dependencies.ts";

/** What delivers into a queue, topic, stream or bus through which a live version is reached is a dependency of it. */

type Resources = Readonly<Record<string, TemplateResource>>;

const ref = (name: string) => ({ Ref: name });
const arn = (name: string) => ({ "Fn::GetAtt": [name, "Arn"] });

/** A function with an alias. The role may use nothing: what is held is held as something delivers. */
function app(resources: Resources, more: Pick<Template, "Outputs"> = {}): Template {
  const member = {
    kind: "function" as const,
    path: "Shop/Work",
    resource: "Work",
    version: "WorkVersion",
    alias: "Live",
    aliasName: "live",
    parameter: "LiveVersionWork",
    calls: [],
    shift: "policy" as const,
  };
  const policy = { name: "AllAtOnce", steps: [], finalBakeMs: 0 };
  const release = { format: 1 as const, app: "a", policy, members: [member], hooks: [], alarms: [], keepVersions: 5 };
  return {
    ...more,
    Metadata: { "Tidegate::Release": release },
    Resources: {
      Work: { Type: "AWS::Lambda::Function", Properties: { Role: arn("Role") } },
      Live: { Type: "AWS::Lambda::Alias", Properties: { FunctionName: ref("Work") } },
      Role: { Type: "AWS::IAM::Role", Properties: {} },
      ...resources,
    },
  };
}

const QUEUE: TemplateResource = { Type: "AWS::SQS::Queue", Properties: {} };
const TOPIC: TemplateResource = { Type: "AWS::SNS::Topic", Properties: {} };
const STREAM: TemplateResource = { Type: "AWS::Kinesis::Stream", Properties: {} };
const mapping = (source: string): TemplateResource => ({
  Type: "AWS::Lambda::EventSourceMapping",
  Properties: { FunctionName: ref("Live"), EventSourceArn: arn(source) },
});
const subscription = (topic: string, endpoint: unknown): TemplateResource => ({
  Type: "AWS::SNS::Subscription",
  Properties: { TopicArn: ref(topic), Endpoint: endpoint, Protocol: "sqs" },
});
const rule = (target: unknown, bus?: string): TemplateResource => ({
  Type: "AWS::Events::Rule",
  Properties: { Targets: [{ Id: "a", Arn: target }], ...(bus !== undefined && { EventBusName: ref(bus) }) },
});
const pipe = (source: string, target: unknown): TemplateResource => ({
  Type: "AWS::Pipes::Pipe",
  Properties: { Source: arn(source), Target: target },
});
const bucketTo = (configuration: object): TemplateResource => ({
  Type: "AWS::S3::Bucket",
  Properties: { NotificationConfiguration: configuration },
});

function stage(deployed: Template, desired: Template): Template {
  const dependencies = liveDependencies(deployed, openGrantsOf(deployed));
  const expanded = expandTemplate({ deployed, desired, dependencies, replacements: [], physicalIds: new Map() });
  expect(expanded.problems).toEqual([]);
  return expanded.template;
}

const held = (template: Template) => Object.keys(expansionOf(template)?.held ?? {}).toSorted();

interface Chain {
  readonly name: string;
  /** Everything but the function. */
  readonly resources: Resources;
  /** What the new template drops, and the stage holds. */
  readonly dropped: readonly string[];
}

const queued = { Queue: QUEUE, Mapping: mapping("Queue") };

const CHAINS: Chain[] = [
  {
    name: "a topic's subscription to a queue",
    resources: { ...queued, Topic: TOPIC, Subscription: subscription("Topic", arn("Queue")) },
    dropped: ["Subscription"],
  },
  {
    name: "the topic as well",
    resources: { ...queued, Topic: TOPIC, Subscription: subscription("Topic", arn("Queue")) },
    dropped: ["Subscription", "Topic"],
  },
  { name: "a rule to a queue", resources: { ...queued, Rule: rule(arn("Queue")) }, dropped: ["Rule"] },
  {
    name: "a rule that passes on to another bus, whose rule leads to a queue",
    resources: {
      ...queued,
      Bus: { Type: "AWS::Events::EventBus", Properties: {} },
      Second: rule(arn("Queue"), "Bus"),
      First: rule(arn("Bus")),
    },
    dropped: ["First", "Second"],
  },
  {
    name: "a bucket that notifies a topic, which leads to a queue",
    resources: {
      ...queued,
      Topic: TOPIC,
      Subscription: subscription("Topic", arn("Queue")),
      Bucket: bucketTo({ TopicConfigurations: [{ Event: "s3:ObjectCreated:*", Topic: ref("Topic") }] }),
    },
    dropped: ["Bucket"],
  },
  {
    name: "the CDK's notifications of a bucket, to a queue",
    resources: {
      ...queued,
      Bucket: { Type: "AWS::S3::Bucket", Properties: {} },
      Notifications: {
        Type: "Custom::S3BucketNotifications",
        Properties: {
          BucketName: ref("Bucket"),
          NotificationConfiguration: { QueueConfigurations: [{ QueueArn: arn("Queue") }] },
        },
      },
    },
    dropped: ["Bucket", "Notifications"],
  },
  {
    name: "a pipe between two queues",
    resources: { ...queued, First: QUEUE, Pipe: pipe("First", arn("Queue")) },
    dropped: ["First", "Pipe"],
  },
  {
    name: "a queue whose dead letters a function works off",
    resources: {
      ...queued,
      First: {
        Type: "AWS::SQS::Queue",
        Properties: { RedrivePolicy: { deadLetterTargetArn: arn("Queue"), maxReceiveCount: 1 } },
      },
    },
    dropped: ["First"],
  },
  {
    name: "a table that streams into a Kinesis stream",
    resources: {
      Stream: STREAM,
      Mapping: mapping("Stream"),
      Table: {
        Type: "AWS::DynamoDB::Table",
        Properties: { KinesisStreamSpecification: { StreamArn: arn("Stream") } },
      },
    },
    dropped: ["Table"],
  },
  {
    name: "a log group's filter into a Kinesis stream",
    resources: {
      Stream: STREAM,
      Mapping: mapping("Stream"),
      Log: { Type: "AWS::Logs::LogGroup", Properties: {} },
      Filter: {
        Type: "AWS::Logs::SubscriptionFilter",
        Properties: { LogGroupName: ref("Log"), DestinationArn: arn("Stream") },
      },
    },
    dropped: ["Filter", "Log"],
  },
  {
    name: "a schedule to a queue",
    resources: {
      ...queued,
      Schedule: { Type: "AWS::Scheduler::Schedule", Properties: { Target: { Arn: arn("Queue") } } },
    },
    dropped: ["Schedule"],
  },
  {
    name: "an alarm to a topic of the function",
    resources: {
      Topic: TOPIC,
      Subscription: subscription("Topic", ref("Live")),
      Alarm: { Type: "AWS::CloudWatch::Alarm", Properties: { AlarmActions: [ref("Topic")] } },
    },
    dropped: ["Alarm"],
  },
];

describe("a stage holds what leads to a live version through others", () => {
  test.each(CHAINS)("$name", ({ resources, dropped }) => {
    const deployed = app(resources);
    const rest = Object.entries(resources).filter(([id]) => !dropped.includes(id));
    const desired = app(Object.fromEntries(rest));
    const expanded = stage(deployed, desired);
    expect(held(expanded)).toEqual(dropped);
    expect(stage(expanded, desired), "expanding again changes nothing").toEqual(expanded);
    expect(contractTemplate(expanded)).toEqual(desired);
  });

  test("and the policy that lets a topic send to the queue", () => {
    const policy: TemplateResource = {
      Type: "AWS::SQS::QueuePolicy",
      Properties: { Queues: [ref("Queue")], PolicyDocument: { Statement: [] } },
    };
    const deployed = app({
      ...queued,
      Topic: TOPIC,
      Subscription: subscription("Topic", arn("Queue")),
      Policy: policy,
    });
    expect(held(stage(deployed, app({ ...queued, Topic: TOPIC })))).toEqual(["Policy", "Subscription"]);
  });

  test("and what delivers into a topic that another stack may import", () => {
    const Outputs = { TopicArn: { Value: ref("Topic"), Export: { Name: "topic" } } };
    const deployed = app({ Topic: TOPIC, Rule: rule(ref("Topic")) }, { Outputs });
    expect(held(stage(deployed, app({ Topic: TOPIC }, { Outputs })))).toEqual(["Rule"]);
  });
});

describe("a stage lets go", () => {
  test("what reads from the same topic and leads elsewhere", () => {
    const other = { Topic: TOPIC, Other: QUEUE, Elsewhere: subscription("Topic", arn("Other")) };
    const deployed = app({ ...queued, ...other, Subscription: subscription("Topic", arn("Queue")) });
    const desired = app({ ...queued, Topic: TOPIC, Subscription: subscription("Topic", arn("Queue")) });
    expect(stage(deployed, desired)).toBe(desired);
  });
});

describe("a target that moves from a queue of a live version", () => {
  const both = { ...queued, Other: QUEUE };
  const other = arn("Other");

  test.each([
    ["a schedule", "AWS::Scheduler::Schedule", { Target: { Arn: arn("Queue") } }, { Target: { Arn: other } }],
    ["a pipe", "AWS::Pipes::Pipe", { Source: "s", Target: arn("Queue") }, { Source: "s", Target: other }],
  ])("%s waits for the promotion", (_what, Type, before, after) => {
    const deployed = app({ ...both, Subject: { Type, Properties: before } });
    const expanded = stage(deployed, app({ ...both, Subject: { Type, Properties: after } }));
    expect(expanded.Resources?.["Subject"]?.Properties).toEqual(before);
    expect(expansionOf(expanded)?.deferred).toHaveProperty("Subject");
  });

  test("to another queue of the same function moves at once", () => {
    const more = { ...both, Second: mapping("Other") };
    const schedule = (Arn: unknown) => ({
      Subject: { Type: "AWS::Scheduler::Schedule", Properties: { Target: { Arn } } },
    });
    const desired = app({ ...more, ...schedule(other) });
    expect(stage(app({ ...more, ...schedule(arn("Queue")) }), desired)).toBe(desired);
  });
});
