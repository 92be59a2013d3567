import { describe, expect, test } from "vitest";
import type { Template, TemplateResource } from "../../../lib/assembly/assembly.ts";
import { contractTemplate } from "../../../lib/deploy/expand/contract-template.ts";
import { expandTemplate } from "../../../lib/deploy/expand/expand-template.ts";
import { expansionOf } from "../../../lib/deploy/expand/expansion.ts";
import { liveDependencies, openGrantsOf } from "../../../lib/deploy/expand/live-dependencies.ts";

/** What a stage makes of each property through which a live version is reached, or reaches others. */

type Json = Record<string, unknown>;

const alias = (name: string) => ({ Ref: `${name}Alias` });
const arn = (name: string) => ({ "Fn::GetAtt": [name, "Arn"] });

function functionNamed(name: string): Record<string, TemplateResource> {
  return {
    [name]: { Type: "AWS::Lambda::Function", Properties: { Role: arn("Role") } },
    [`${name}Alias`]: { Type: "AWS::Lambda::Alias", Properties: { FunctionName: { Ref: name } } },
  };
}

/** Two functions, of which the second one is new in the next version, and a resource of the type. */
function app(Type: string, Properties: Json): Template {
  const member = (name: string) => ({
    kind: "function" as const,
    path: `Shop/${name}`,
    resource: name,
    version: `${name}Version`,
    alias: `${name}Alias`,
    aliasName: "live",
    parameter: `LiveVersion${name}`,
    calls: [],
    shift: "policy" as const,
  });
  const policy = { name: "AllAtOnce", steps: [], finalBakeMs: 0 };
  const members = [member("Old"), member("New")];
  const release = { format: 1 as const, app: "a", policy, members, hooks: [], alarms: [], keepVersions: 5 };
  return {
    Metadata: { "Tidegate::Release": release },
    Resources: {
      ...functionNamed("Old"),
      ...functionNamed("New"),
      // The functions may use nothing: what is held is held for a property alone.
      Role: { Type: "AWS::IAM::Role", Properties: {} },
      Queue: { Type: "AWS::SQS::Queue", Properties: {} },
      Subject: { Type, Properties },
    },
  };
}

function stage(deployed: Template, desired: Template): Template {
  const dependencies = liveDependencies(deployed, openGrantsOf(deployed));
  const expanded = expandTemplate({ deployed, desired, dependencies, replacements: [], physicalIds: new Map() });
  expect(expanded.problems).toEqual([]);
  return expanded.template;
}

interface Case {
  readonly name: string;
  readonly type: string;
  readonly before: Json;
  readonly after: Json;
  /** The properties in the stage; undefined where the stage takes the new ones. */
  readonly staged?: Json;
  readonly deferred?: RegExp;
}

const onCreated = (target: unknown, prefix?: string) => ({
  Event: "s3:ObjectCreated:*",
  Function: target,
  ...(prefix !== undefined && { Filter: { S3Key: { Rules: [{ Name: "prefix", Value: prefix }] } } }),
});
const notified = (...LambdaConfigurations: object[]) => ({ NotificationConfiguration: { LambdaConfigurations } });
const queued = { QueueConfigurations: [{ Event: "s3:ObjectRemoved:*", Queue: arn("Queue") }] };
const cdkNotified = (target: string, event: string) => ({
  BucketName: "b",
  NotificationConfiguration: { LambdaFunctionConfigurations: [{ Events: [event], LambdaFunctionArn: alias(target) }] },
});
const targets = (...pairs: [string, unknown][]) => ({ Targets: pairs.map(([Id, Arn]) => ({ Id, Arn })) });
const subscribed = (...names: string[]) => ({
  Subscription: names.map((name) => ({ Protocol: "lambda", Endpoint: alias(name) })),
});
const redrive = { RedrivePolicy: { deadLetterTargetArn: arn("Queue"), maxReceiveCount: 3 } };
const stream = (StreamViewType: string) => ({ StreamSpecification: { StreamViewType } });
const onFailure = (Destination: unknown) => ({ OnFailure: { Destination } });
const uri = (name: string) => ({
  "Fn::Sub": `arn:aws:apigateway:x:lambda:path/functions/\${${name}Alias}/invocations`,
});
const operation = (name: string) => ({ "x-amazon-apigateway-integration": { uri: uri(name) } });
const body = (paths: Json) => ({ Body: { openapi: "3.0.1", paths } });

const BUCKET = "AWS::S3::Bucket";
const RULE = "AWS::Events::Rule";
const API = "AWS::ApiGatewayV2::Api";
const OVERLAP = /^S3 refuses overlapping/;
const MOVES = /^it leads to another target/;

const HELD: Case[] = [
  {
    name: "all notifications of a bucket dropped",
    type: BUCKET,
    before: notified(onCreated(alias("Old"))),
    after: { BucketName: "b" },
    staged: { BucketName: "b", ...notified(onCreated(alias("Old"))) },
  },
  {
    name: "a notification moved to another prefix",
    type: BUCKET,
    before: notified(onCreated(alias("Old"), "in/")),
    after: notified(onCreated(alias("Old"), "uploads/")),
    staged: notified(onCreated(alias("Old"), "uploads/"), onCreated(alias("Old"), "in/")),
  },
  {
    name: "a queue's notification dropped",
    type: BUCKET,
    before: { NotificationConfiguration: queued },
    after: notified(onCreated(alias("New"))),
    staged: {
      NotificationConfiguration: { ...notified(onCreated(alias("New"))).NotificationConfiguration, ...queued },
    },
  },
  {
    name: "EventBridge switched off",
    type: BUCKET,
    before: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
    after: { NotificationConfiguration: {} },
    staged: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
  },
  {
    name: "a notification moved to another function",
    type: BUCKET,
    before: notified(onCreated(alias("Old"))),
    after: notified(onCreated(alias("New"))),
    staged: notified(onCreated(alias("Old"))),
    deferred: OVERLAP,
  },
  {
    name: "a notification with a wider prefix",
    type: BUCKET,
    before: notified(onCreated(alias("Old"), "in/")),
    after: notified(onCreated(alias("Old"), "i")),
    staged: notified(onCreated(alias("Old"), "in/")),
    deferred: OVERLAP,
  },
  {
    name: "a notification of the CDK's custom resource on another event",
    type: "Custom::S3BucketNotifications",
    before: cdkNotified("Old", "s3:ObjectCreated:Put"),
    after: cdkNotified("Old", "s3:ObjectRemoved:*"),
    staged: {
      BucketName: "b",
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [
          { Events: ["s3:ObjectRemoved:*"], LambdaFunctionArn: alias("Old") },
          { Events: ["s3:ObjectCreated:Put"], LambdaFunctionArn: alias("Old") },
        ],
      },
    },
  },
  {
    name: "an inline subscription dropped",
    type: "AWS::SNS::Topic",
    before: subscribed("Old"),
    after: subscribed("New"),
    staged: subscribed("New", "Old"),
  },
  {
    name: "a rule's target moved to another function",
    type: RULE,
    before: targets(["Target0", alias("Old")]),
    after: targets(["Target0", alias("New")]),
    staged: targets(["Target0", alias("New")], ["Target0Held", alias("Old")]),
  },
  {
    name: "more targets than a rule may have",
    type: RULE,
    before: targets(["a", alias("Old")]),
    after: targets(...["b", "c", "d", "e", "f"].map((id): [string, unknown] => [id, alias("New")])),
    staged: targets(["a", alias("Old")]),
    deferred: /at most 5 targets/,
  },
  {
    name: "an HTTP API's operation dropped, and another one moved",
    type: API,
    before: body({ "/": { get: operation("Old"), post: operation("Old") } }),
    after: body({ "/": { get: operation("New") }, "/new": { get: operation("New") } }),
    staged: body({ "/": { get: operation("Old"), post: operation("Old") }, "/new": { get: operation("New") } }),
    deferred: MOVES,
  },
  {
    name: "an HTTP API's only target moved",
    type: API,
    before: { Target: uri("Old") },
    after: { Target: uri("New"), Description: "x" },
    staged: { Target: uri("Old") },
    deferred: MOVES,
  },
  {
    name: "an integration moved to another function",
    type: "AWS::ApiGatewayV2::Integration",
    before: { IntegrationUri: alias("Old") },
    after: { IntegrationUri: alias("New") },
    staged: { IntegrationUri: alias("Old") },
    deferred: MOVES,
  },
  {
    name: "an event source mapping moved to another function",
    type: "AWS::Lambda::EventSourceMapping",
    before: { FunctionName: alias("Old"), BatchSize: 1 },
    after: { FunctionName: alias("New"), BatchSize: 5 },
    staged: { FunctionName: alias("Old"), BatchSize: 1 },
    deferred: MOVES,
  },
  {
    name: "a schedule moved to another function",
    type: "AWS::Scheduler::Schedule",
    before: { Target: { Arn: alias("Old") } },
    after: { Target: { Arn: alias("New") } },
    staged: { Target: { Arn: alias("Old") } },
    deferred: MOVES,
  },
  {
    name: "a user pool's trigger dropped",
    type: "AWS::Cognito::UserPool",
    before: { LambdaConfig: { PreSignUp: alias("Old") } },
    after: { LambdaConfig: {} },
    staged: { LambdaConfig: { PreSignUp: alias("Old") } },
  },
  {
    name: "a queue's dead-letter queue dropped",
    type: "AWS::SQS::Queue",
    before: redrive,
    after: { DelaySeconds: 1 },
    staged: { DelaySeconds: 1, ...redrive },
  },
  {
    name: "a table's stream dropped",
    type: "AWS::DynamoDB::Table",
    before: stream("NEW_IMAGE"),
    after: {},
    staged: stream("NEW_IMAGE"),
  },
  {
    name: "a mapping's destination dropped",
    type: "AWS::Lambda::EventSourceMapping",
    before: { FunctionName: alias("Old"), DestinationConfig: onFailure(arn("Queue")) },
    after: { FunctionName: alias("Old") },
    staged: { FunctionName: alias("Old"), DestinationConfig: onFailure(arn("Queue")) },
  },
  {
    name: "an asynchronous call's destination dropped",
    type: "AWS::Lambda::EventInvokeConfig",
    before: { DestinationConfig: { ...onFailure(arn("Queue")), OnSuccess: { Destination: "x" } } },
    after: { DestinationConfig: { OnSuccess: { Destination: "y" } } },
    staged: { DestinationConfig: { ...onFailure(arn("Queue")), OnSuccess: { Destination: "y" } } },
  },
  {
    name: "a role's inline policy dropped",
    type: "AWS::IAM::Role",
    before: { Policies: [{ PolicyName: "P", PolicyDocument: { Statement: [] } }] },
    after: {},
    staged: { Policies: [{ PolicyName: "P", PolicyDocument: { Statement: [] } }] },
  },
];

/** Properties that a stage takes as the new template has them. Each name says why no live version is cut off. */
const NOT_HELD: Case[] = [
  {
    name: "a notification that is only added: nothing is lost",
    type: BUCKET,
    before: {},
    after: notified(onCreated(alias("Old"))),
  },
  {
    name: "the same target written in another way",
    type: RULE,
    before: targets(["a", alias("Old")]),
    after: targets(["a", { "Fn::GetAtt": ["OldAlias", "AliasArn"] }]),
  },
  {
    name: "a target without an alias: no released version is behind it",
    type: BUCKET,
    before: notified(onCreated(arn("Old"))),
    after: notified(onCreated(alias("Old"))),
  },
  {
    name: "what a target receives: a setting of a trigger that stays",
    type: RULE,
    before: { Targets: [{ Id: "a", Arn: alias("Old"), Input: "1" }] },
    after: { Targets: [{ Id: "a", Arn: alias("Old"), Input: "2" }] },
  },
  {
    name: "a stream's view type: the table still has a stream",
    type: "AWS::DynamoDB::Table",
    before: stream("NEW_IMAGE"),
    after: stream("KEYS_ONLY"),
  },
  {
    name: "another dead-letter queue: failed messages still go to one",
    type: "AWS::SQS::Queue",
    before: redrive,
    after: { RedrivePolicy: { deadLetterTargetArn: "arn:aws:sqs:us-east-1:1:other", maxReceiveCount: 3 } },
  },
  {
    name: "a REST API's body: its deployment is a snapshot, which a second update would not take again",
    type: "AWS::ApiGateway::RestApi",
    before: body({ "/": { get: operation("Old") } }),
    after: body({}),
  },
];

describe("what a stage makes of a property", () => {
  test.each(HELD)("holds $name", ({ type, before, after, staged, deferred }) => {
    const [deployed, desired] = [app(type, before), app(type, after)];
    const expanded = stage(deployed, desired);
    expect(expanded.Resources?.["Subject"]?.Properties).toEqual(staged);
    const whys = (expansionOf(expanded)?.deferred?.["Subject"] ?? []).map(({ why }) => why);
    const wanted = deferred === undefined ? [] : [deferred];
    expect(whys.map((why, index) => wanted[index]?.test(why))).toEqual(wanted.map(() => true));
    expect(stage(expanded, desired), "expanding again changes nothing").toEqual(expanded);
    expect(contractTemplate(expanded)).toEqual(desired);
    // CloudFormation compares everything but the Metadata section: both updates have to show a change.
    expect(expanded.Resources).not.toEqual(deployed.Resources);
    expect(expanded.Resources).not.toEqual(desired.Resources);
  });

  test.each(NOT_HELD)("takes $name", ({ type, before, after }) => {
    const desired = app(type, after);
    expect(stage(app(type, before), desired)).toBe(desired);
  });

  test("holds the policy that lets a bucket send to a queue, unless the queue gets another one", () => {
    const policy = { Type: "AWS::SQS::QueuePolicy", Properties: { Queues: [{ Ref: "Queue" }], PolicyDocument: {} } };
    const withPolicy = (id: string, { Resources, ...template }: Template): Template => ({
      ...template,
      Resources: { ...Resources, [id]: policy },
    });
    const deployed = withPolicy("Policy", app(BUCKET, { NotificationConfiguration: queued }));
    expect(stage(deployed, app(BUCKET, {})).Resources).toHaveProperty("Policy");
    expect(stage(deployed, withPolicy("Another", app(BUCKET, {}))).Resources).not.toHaveProperty("Policy");
  });

  test("never leaves a replacement to the contraction", () => {
    const type = "AWS::Lambda::EventSourceMapping";
    const deployed = app(type, { FunctionName: alias("Old"), EventSourceArn: "a" });
    const desired = app(type, { FunctionName: alias("New"), EventSourceArn: "b" });
    const dependencies = liveDependencies(deployed, []);
    const replacements = [{ logicalId: "Subject", type, physicalId: "uuid", isCertain: true }];
    const { template } = expandTemplate({ deployed, desired, dependencies, replacements, physicalIds: new Map() });
    expect(template.Resources?.["Subject"]?.Properties).toEqual(desired.Resources?.["Subject"]?.Properties);
  });

  test("holds a function that only a held notification still leads to", () => {
    const deployed = app(BUCKET, notified(onCreated(alias("Old"))));
    const { Old: _fn, OldAlias: _alias, ...Resources } = app(BUCKET, notified(onCreated(alias("New")))).Resources ?? {};
    const expanded = stage(deployed, { ...deployed, Resources });
    expect(expanded.Resources).toMatchObject({ Old: {}, OldAlias: {} });
    expect(Object.keys(expansionOf(expanded)?.held ?? {}).toSorted()).toEqual(["Old", "OldAlias"]);
  });
});
