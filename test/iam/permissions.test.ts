import { describe, expect, test } from "vitest";
import { actionsOf } from "../../lib/iam/action-table.ts";
import { IAM_PREFIXES, type AuthorizedService } from "../../lib/iam/iam-prefixes.ts";
import { permissionsOf } from "../../lib/iam/permissions/permissions-of.ts";
import type { RequestInput } from "../../lib/iam/permissions/permission.ts";
import { SERVICES } from "../../lib/local/registry.ts";
import type { ServiceName } from "../../lib/local/service.ts";
import { readServiceModel } from "../../lib/local/wire/service-model.ts";

const PLACE = { account: "111122223333", region: "eu-west-1" };
const AT = "eu-west-1:111122223333";

function needed(service: AuthorizedService, operation: string, input: RequestInput): string[] {
  return permissionsOf(service, operation, input, PLACE).map(({ action, resource }) => `${action} ${resource}`);
}

test("every carried service has a prefix, and every prefix a table", () => {
  expect(Object.keys(IAM_PREFIXES).toSorted()).toEqual(Object.keys(SERVICES).toSorted());
  expect(Object.values(IAM_PREFIXES).filter((prefix) => actionsOf(prefix) === undefined)).toEqual([]);
});

test("every carried operation needs actions that exist", async () => {
  const unknown: string[] = [];
  let count = 0;
  for (const name of Object.keys(SERVICES) as ServiceName[]) {
    const { operations } = readServiceModel(await SERVICES[name].client());
    const carried = await carriedOperations(name);
    for (const operation of carried.filter((each) => operations.has(each))) {
      count += 1;
      for (const { action } of permissionsOf(name, operation, {}, PLACE)) {
        const [prefix = "", bare = ""] = action.split(":");
        if (actionsOf(prefix)?.actions[bare] === undefined) unknown.push(`${name} ${operation}: ${action}`);
      }
    }
  }
  expect(unknown).toEqual([]);
  expect(count).toBeGreaterThan(400);
});

/** The names in a service's operation tables. */
async function carriedOperations(name: ServiceName): Promise<string[]> {
  const { ServiceHost } = await import("../../lib/local/server/service-host.ts");
  const { Authoriser } = await import("../../lib/local/server/authorise.ts");
  const { openStore } = await import("../../lib/local/state/store.ts");
  const { AdjustableClock } = await import("../../lib/local/state/clock.ts");
  const { BlobStore } = await import("../../lib/local/state/blobs.ts");
  const cloud = {
    account: PLACE.account,
    partition: "aws" as const,
    clock: new AdjustableClock(),
    store: openStore(":memory:"),
    blobs: new BlobStore("/nonexistent"),
    endpoint: "http://127.0.0.1:1",
    scratchFolder: "/nonexistent",
    log: () => undefined,
  };
  const factory = await SERVICES[name].factory();
  const host = new ServiceHost(cloud, new Authoriser("enforce", cloud));
  const service = factory(Object.assign(cloud, { call: host.call.bind(host) }) as never);
  return Object.keys(service.operations);
}

describe("the permissions of an operation", () => {
  const lambda = `arn:aws:lambda:${AT}:function`;
  const table = `arn:aws:dynamodb:${AT}:table`;
  const role = "arn:aws:iam::111122223333:role/r";
  test.each<[AuthorizedService, string, RequestInput, string[]]>([
    ["lambda", "Invoke", { FunctionName: "f", Qualifier: "live" }, [`lambda:InvokeFunction ${lambda}:f:live`]],
    ["lambda", "Invoke", { FunctionName: `${lambda}:f:live` }, [`lambda:InvokeFunction ${lambda}:f:live`]],
    ["lambda", "InvokeWithResponseStream", { FunctionName: "f" }, [`lambda:InvokeFunction ${lambda}:f`]],
    ["lambda", "GetAlias", { FunctionName: "f", Name: "live" }, [`lambda:GetAlias ${lambda}:f`]],
    ["lambda", "GetFunction", { FunctionName: "111122223333:function:f" }, [`lambda:GetFunction ${lambda}:f`]],
    ["lambda", "ListFunctions", {}, ["lambda:ListFunctions *"]],
    [
      "lambda",
      "CreateFunction",
      { FunctionName: "f", Role: role },
      [`lambda:CreateFunction ${lambda}:f`, `iam:PassRole ${role}`],
    ],
    ["lambda", "CreateEventSourceMapping", { FunctionName: "f" }, ["lambda:CreateEventSourceMapping *"]],
    [
      "lambda",
      "GetLayerVersion",
      { LayerName: "l", VersionNumber: 3 },
      [`lambda:GetLayerVersion arn:aws:lambda:${AT}:layer:l:3`],
    ],
    ["dynamodb", "PutItem", { TableName: "t" }, [`dynamodb:PutItem ${table}/t`]],
    ["dynamodb", "Query", { TableName: "t", IndexName: "i" }, [`dynamodb:Query ${table}/t/index/i`]],
    [
      "dynamodb",
      "BatchWriteItem",
      { RequestItems: { a: [], b: [] } },
      [`dynamodb:BatchWriteItem ${table}/a`, `dynamodb:BatchWriteItem ${table}/b`],
    ],
    [
      "dynamodb",
      "TransactWriteItems",
      {
        TransactItems: [
          { Put: { TableName: "a" } },
          { ConditionCheck: { TableName: "b" } },
          { Put: { TableName: "a" } },
        ],
      },
      [`dynamodb:PutItem ${table}/a`, `dynamodb:ConditionCheckItem ${table}/b`],
    ],
    [
      "dynamodb",
      "ExecuteStatement",
      { Statement: 'SELECT * FROM "t"."i" WHERE id = ?' },
      [`dynamodb:PartiQLSelect ${table}/t/index/i`],
    ],
    ["dynamodb", "ListTables", {}, ["dynamodb:ListTables *"]],
    [
      "dynamodb-streams",
      "GetRecords",
      { ShardIterator: `${table}/t/stream/2026|1|x` },
      [`dynamodb:GetRecords ${table}/t/stream/2026`],
    ],
    ["s3", "GetObject", { Bucket: "b", Key: "k/l" }, ["s3:GetObject arn:aws:s3:::b/k/l"]],
    ["s3", "GetObject", { Bucket: "b", Key: "k", VersionId: "1" }, ["s3:GetObjectVersion arn:aws:s3:::b/k"]],
    ["s3", "HeadObject", { Bucket: "b", Key: "k" }, ["s3:GetObject arn:aws:s3:::b/k"]],
    ["s3", "ListObjectsV2", { Bucket: "b" }, ["s3:ListBucket arn:aws:s3:::b"]],
    ["s3", "ListBuckets", {}, ["s3:ListAllMyBuckets *"]],
    [
      "s3",
      "CopyObject",
      { Bucket: "b", Key: "k", CopySource: "/from/a%20b" },
      ["s3:GetObject arn:aws:s3:::from/a b", "s3:PutObject arn:aws:s3:::b/k"],
    ],
    [
      "s3",
      "PutObject",
      { Bucket: "b", Key: "k", Tagging: "a=b" },
      ["s3:PutObject arn:aws:s3:::b/k", "s3:PutObjectTagging arn:aws:s3:::b/k"],
    ],
    [
      "s3",
      "DeleteObjects",
      { Bucket: "b", Delete: { Objects: [{ Key: "x" }, { Key: "y", VersionId: "1" }] } },
      ["s3:DeleteObject arn:aws:s3:::b/x", "s3:DeleteObjectVersion arn:aws:s3:::b/y"],
    ],
    ["s3", "PutBucketLifecycleConfiguration", { Bucket: "b" }, ["s3:PutLifecycleConfiguration arn:aws:s3:::b"]],
    [
      "sqs",
      "SendMessageBatch",
      { QueueUrl: "http://localhost:4747/111122223333/q" },
      [`sqs:SendMessage arn:aws:sqs:${AT}:q`],
    ],
    ["sqs", "GetQueueUrl", { QueueName: "q" }, [`sqs:GetQueueUrl arn:aws:sqs:${AT}:q`]],
    ["sns", "PublishBatch", { TopicArn: `arn:aws:sns:${AT}:t` }, [`sns:Publish arn:aws:sns:${AT}:t`]],
    ["sns", "Unsubscribe", { SubscriptionArn: `arn:aws:sns:${AT}:t:1` }, [`sns:Unsubscribe arn:aws:sns:${AT}:t`]],
    [
      "eventbridge",
      "PutEvents",
      { Entries: [{}, { EventBusName: "b" }] },
      [`events:PutEvents arn:aws:events:${AT}:event-bus/default`, `events:PutEvents arn:aws:events:${AT}:event-bus/b`],
    ],
    ["eventbridge", "PutRule", { Name: "r", EventBusName: "b" }, [`events:PutRule arn:aws:events:${AT}:rule/b/r`]],
    [
      "eventbridge",
      "PutTargets",
      { Rule: "r", Targets: [{ Arn: "x", RoleArn: role }, { RoleArn: role }] },
      [`events:PutTargets arn:aws:events:${AT}:rule/r`, `iam:PassRole ${role}`],
    ],
    [
      "sfn",
      "StartExecution",
      { stateMachineArn: `arn:aws:states:${AT}:stateMachine:m:live` },
      [`states:StartExecution arn:aws:states:${AT}:stateMachine:m:live`],
    ],
    [
      "sfn",
      "CreateStateMachine",
      { name: "m", roleArn: role },
      [`states:CreateStateMachine arn:aws:states:${AT}:stateMachine:m`, `iam:PassRole ${role}`],
    ],
    ["sfn", "SendTaskSuccess", { taskToken: "t" }, ["states:SendTaskSuccess *"]],
    [
      "ssm",
      "GetParameters",
      { Names: ["/a/b", "c:3"] },
      [`ssm:GetParameters arn:aws:ssm:${AT}:parameter/a/b`, `ssm:GetParameters arn:aws:ssm:${AT}:parameter/c`],
    ],
    ["ssm", "GetParametersByPath", { Path: "/a" }, [`ssm:GetParametersByPath arn:aws:ssm:${AT}:parameter/a`]],
    [
      "secrets-manager",
      "GetSecretValue",
      { SecretId: "s" },
      [`secretsmanager:GetSecretValue arn:aws:secretsmanager:${AT}:secret:s`],
    ],
    ["kinesis", "PutRecords", { StreamName: "s" }, [`kinesis:PutRecords arn:aws:kinesis:${AT}:stream/s`]],
    [
      "scheduler",
      "CreateSchedule",
      { Name: "s", Target: { RoleArn: role } },
      [`scheduler:CreateSchedule arn:aws:scheduler:${AT}:schedule/default/s`, `iam:PassRole ${role}`],
    ],
    [
      "cloudformation",
      "DescribeStacks",
      { StackName: "s" },
      [`cloudformation:DescribeStacks arn:aws:cloudformation:${AT}:stack/s/*`],
    ],
    ["cloudformation", "DescribeStacks", {}, ["cloudformation:DescribeStacks *", "cloudformation:ListStacks *"]],
    [
      "cloudformation",
      "CreateChangeSet",
      { StackName: "s", RoleARN: role },
      [`cloudformation:CreateChangeSet arn:aws:cloudformation:${AT}:stack/s/*`, `iam:PassRole ${role}`],
    ],
    [
      "cloudwatch",
      "PutMetricAlarm",
      { AlarmName: "a" },
      [`cloudwatch:PutMetricAlarm arn:aws:cloudwatch:${AT}:alarm:a`],
    ],
    ["cloudwatch", "PutMetricData", { Namespace: "n" }, ["cloudwatch:PutMetricData *"]],
    [
      "cloudwatch-logs",
      "PutLogEvents",
      { logGroupName: "g", logStreamName: "s" },
      [`logs:PutLogEvents arn:aws:logs:${AT}:log-group:g:log-stream:s`],
    ],
    ["iam", "CreateRole", { RoleName: "r", Path: "/ci/" }, ["iam:CreateRole arn:aws:iam::111122223333:role/ci/r"]],
    [
      "apigatewayv2",
      "GetRoute",
      { ApiId: "a", RouteId: "r" },
      ["apigateway:GET arn:aws:apigateway:eu-west-1::/apis/a/routes/r"],
    ],
    [
      "apigatewayv2",
      "UpdateStage",
      { ApiId: "a", StageName: "$default" },
      ["apigateway:PATCH arn:aws:apigateway:eu-west-1::/apis/a/stages/%24default"],
    ],
    [
      "sts",
      "AssumeRole",
      { RoleArn: role, Tags: [{ Key: "a", Value: "b" }] },
      [`sts:AssumeRole ${role}`, `sts:TagSession ${role}`],
    ],
    ["sts", "GetCallerIdentity", {}, []],
  ])("%s %s %j", (service, operation, input, expected) => {
    expect(needed(service, operation, input)).toEqual(expected);
  });

  test("offer the condition keys of the request", () => {
    const facts = (service: AuthorizedService, operation: string, input: RequestInput) =>
      permissionsOf(service, operation, input, PLACE).map((permission) => permission.facts);
    expect(facts("s3", "ListObjectsV2", { Bucket: "b", Prefix: "p/" })).toEqual([{ "s3:prefix": ["p/"] }]);
    expect(facts("sns", "Subscribe", { TopicArn: "t", Protocol: "sqs", Endpoint: "e" })).toEqual([
      { "sns:protocol": ["sqs"], "sns:endpoint": ["e"] },
    ]);
    expect(facts("lambda", "CreateFunction", { FunctionName: "f", Role: "r", Tags: { Team: "a" } })).toEqual([
      { "aws:requesttag/team": ["a"], "aws:tagkeys": ["Team"] },
      { "iam:passedtoservice": ["lambda.amazonaws.com"] },
    ]);
    expect(facts("dynamodb", "GetItem", { TableName: "t", Key: { id: { S: "u1" } } })).toEqual([
      { "dynamodb:leadingkeys": ["u1"] },
    ]);
  });
});
