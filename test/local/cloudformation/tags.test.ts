import { ApiGatewayV2Client, GetTagsCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudFormationClient, DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, ListTagsForResourceCommand as AlarmTags } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, ListTagsForResourceCommand as LogTags } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTagsOfResourceCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, ListTagsForResourceCommand as EventTags } from "@aws-sdk/client-eventbridge";
import { IAMClient, ListRoleTagsCommand } from "@aws-sdk/client-iam";
import { KinesisClient, ListTagsForStreamCommand } from "@aws-sdk/client-kinesis";
import { LambdaClient, ListTagsCommand } from "@aws-sdk/client-lambda";
import { GetBucketTaggingCommand, S3Client } from "@aws-sdk/client-s3";
import { ListTagsForResourceCommand as GroupTags, SchedulerClient } from "@aws-sdk/client-scheduler";
import { ListTagsForResourceCommand as MachineTags, SFNClient } from "@aws-sdk/client-sfn";
import { ListTagsForResourceCommand as TopicTags, SNSClient } from "@aws-sdk/client-sns";
import { ListQueueTagsCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ListTagsForResourceCommand as ParameterTags, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy } from "./spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;

beforeAll(async () => {
  cloud = await startTestCloud({ roles: ["any"] });
  client = cloud.client(CloudFormationClient);
});

afterAll(() => cloud.stop());

const ASSUMED = { Version: "2012-10-17", Statement: [] };
const ROLE = "arn:aws:iam::000000000000:role/any";
const at = (service: string, rest: string) => `arn:aws:${service}:us-east-1:000000000000:${rest}`;

/** A carried type with tags: its properties beside `Tags`, the form of its tags, and how its service lists them. */
interface Case {
  readonly properties: object;
  readonly isMap?: boolean;
  list(): Promise<unknown>;
}

const CASES: Readonly<Record<string, Case>> = {
  "AWS::ApiGatewayV2::Api": {
    properties: { Name: "tagged", ProtocolType: "HTTP" },
    isMap: true,
    list: async () => {
      const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${await physicalId("AWS::ApiGatewayV2::Api")}`;
      return (await cloud.client(ApiGatewayV2Client).send(new GetTagsCommand({ ResourceArn }))).Tags;
    },
  },
  "AWS::CloudWatch::Alarm": {
    properties: {
      AlarmName: "tagged",
      ComparisonOperator: "GreaterThanThreshold",
      EvaluationPeriods: 1,
      MetricName: "m",
      Namespace: "n",
      Period: 60,
      Statistic: "Sum",
      Threshold: 1,
    },
    list: async () =>
      (await cloud.client(CloudWatchClient).send(new AlarmTags({ ResourceARN: at("cloudwatch", "alarm:tagged") })))
        .Tags,
  },
  "AWS::DynamoDB::Table": {
    properties: {
      TableName: "tagged",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    },
    list: async () =>
      (
        await cloud
          .client(DynamoDBClient)
          .send(new ListTagsOfResourceCommand({ ResourceArn: at("dynamodb", "table/tagged") }))
      ).Tags,
  },
  "AWS::Events::EventBus": {
    properties: { Name: "tagged" },
    list: async () =>
      (await cloud.client(EventBridgeClient).send(new EventTags({ ResourceARN: at("events", "event-bus/tagged") })))
        .Tags,
  },
  "AWS::Events::Rule": {
    properties: { Name: "tagged", ScheduleExpression: "rate(1 day)" },
    list: async () =>
      (await cloud.client(EventBridgeClient).send(new EventTags({ ResourceARN: at("events", "rule/tagged") }))).Tags,
  },
  "AWS::IAM::Role": {
    properties: { RoleName: "tagged", AssumeRolePolicyDocument: ASSUMED },
    list: async () => (await cloud.client(IAMClient).send(new ListRoleTagsCommand({ RoleName: "tagged" }))).Tags,
  },
  "AWS::Kinesis::Stream": {
    properties: { Name: "tagged", ShardCount: 1 },
    list: async () =>
      (await cloud.client(KinesisClient).send(new ListTagsForStreamCommand({ StreamName: "tagged" }))).Tags,
  },
  "AWS::Lambda::Function": {
    properties: {
      FunctionName: "tagged",
      Code: { ZipFile: "exports.handler = async () => 1" },
      Handler: "index.handler",
      Runtime: "nodejs22.x",
      Role: ROLE,
    },
    list: async () =>
      (await cloud.client(LambdaClient).send(new ListTagsCommand({ Resource: at("lambda", "function:tagged") }))).Tags,
  },
  "AWS::Logs::LogGroup": {
    properties: { LogGroupName: "tagged" },
    list: async () =>
      (await cloud.client(CloudWatchLogsClient).send(new LogTags({ resourceArn: at("logs", "log-group:tagged") })))
        .tags,
  },
  "AWS::S3::Bucket": {
    properties: { BucketName: "tagged-bucket" },
    list: async () =>
      (
        await cloud
          .client(S3Client, { forcePathStyle: true })
          .send(new GetBucketTaggingCommand({ Bucket: "tagged-bucket" }))
      ).TagSet,
  },
  "AWS::SNS::Topic": {
    properties: { TopicName: "tagged" },
    list: async () => (await cloud.client(SNSClient).send(new TopicTags({ ResourceArn: at("sns", "tagged") }))).Tags,
  },
  "AWS::SQS::Queue": {
    properties: { QueueName: "tagged" },
    list: async () => {
      const QueueUrl = await physicalId("AWS::SQS::Queue");
      return (await cloud.client(SQSClient).send(new ListQueueTagsCommand({ QueueUrl }))).Tags;
    },
  },
  "AWS::SSM::Parameter": {
    properties: { Name: "tagged", Type: "String", Value: "x" },
    isMap: true,
    list: async () =>
      (await cloud.client(SSMClient).send(new ParameterTags({ ResourceType: "Parameter", ResourceId: "tagged" })))
        .TagList,
  },
  "AWS::Scheduler::ScheduleGroup": {
    properties: { Name: "tagged" },
    list: async () =>
      (
        await cloud
          .client(SchedulerClient)
          .send(new GroupTags({ ResourceArn: at("scheduler", "schedule-group/tagged") }))
      ).Tags,
  },
  "AWS::StepFunctions::StateMachine": {
    properties: {
      StateMachineName: "tagged",
      RoleArn: ROLE,
      DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
    },
    list: async () =>
      (await cloud.client(SFNClient).send(new MachineTags({ resourceArn: at("states", "stateMachine:tagged") }))).tags,
  },
};

const logicalId = (type: string) => type.replaceAll("::", "");

async function physicalId(type: string): Promise<string> {
  const { StackResources = [] } = await client.send(
    new DescribeStackResourcesCommand({ StackName: "tags", LogicalResourceId: logicalId(type) }),
  );
  return StackResources[0]?.PhysicalResourceId ?? "";
}

/** A template with one resource of each type, all with these tags. */
function template(tags: Readonly<Record<string, string>>, broken: object = {}) {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const resources = Object.entries(CASES).map(([type, { properties, isMap }]) => [
    logicalId(type),
    { Type: type, Properties: { ...properties, Tags: isMap ? tags : list } },
  ]);
  return { Resources: { ...Object.fromEntries(resources), ...broken } };
}

const stackTags = (tags: Readonly<Record<string, string>>) => ({
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
});

/** The tags that a service lists, in any form, without those of CloudFormation itself. */
async function tagsOf(type: string): Promise<Record<string, string>> {
  const listed = (await CASES[type]!.list()) ?? {};
  const pairs = Array.isArray(listed)
    ? listed.map((tag: Record<string, string>) => [tag.Key ?? tag.key, tag.Value ?? tag.value] as const)
    : Object.entries(listed as Record<string, string>);
  return Object.fromEntries(pairs.filter(([key]) => !String(key).startsWith("aws:")));
}

async function allTags(): Promise<Record<string, Record<string, string>>> {
  const entries = Object.keys(CASES).map(async (type) => [type, await tagsOf(type)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

const everywhere = (tags: Record<string, string>) => Object.fromEntries(Object.keys(CASES).map((type) => [type, tags]));

describe("tags of every carried type", () => {
  beforeAll(async () => {
    await deploy(client, "tags", template({ own: "1", both: "own" }), {
      ChangeSetType: "CREATE",
      ...stackTags({ stack: "1", both: "stack" }),
    });
  });

  test("are the template's and the stack's when it is made", async () => {
    expect(await allTags()).toEqual(everywhere({ own: "1", stack: "1", both: "own" }));
  });

  test("follow an update of the stack's tags alone", async () => {
    const updated = await deploy(
      client,
      "tags",
      template({ own: "1", both: "own" }),
      stackTags({ stack: "2", more: "x" }),
    );
    expect(updated.StackStatus).toBe("UPDATE_COMPLETE");
    expect(await allTags()).toEqual(everywhere({ own: "1", both: "own", stack: "2", more: "x" }));
  });

  test("follow an update of their own", async () => {
    await deploy(client, "tags", template({ own: "2" }), stackTags({ stack: "2", more: "x" }));
    expect(await allTags()).toEqual(everywhere({ own: "2", stack: "2", more: "x" }));
  });

  test("are restored when an update fails", async () => {
    const Broken = {
      Type: "AWS::SSM::Parameter",
      DependsOn: Object.keys(CASES).map(logicalId),
      Properties: { Type: "String", Value: "x", Name: "/aws/refused" },
    };
    const failed = await deploy(client, "tags", template({ new: "1" }, { Broken }), stackTags({ stack: "3" }));
    expect(failed.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await allTags()).toEqual(everywhere({ own: "2", stack: "2", more: "x" }));
  });
});
