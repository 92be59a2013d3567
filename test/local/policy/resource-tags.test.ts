import { ApiGatewayV2Client, CreateApiCommand, GetApiCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeRuleCommand, EventBridgeClient, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, TagRoleCommand } from "@aws-sdk/client-iam";
import { CreateStreamCommand, DescribeStreamSummaryCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateStateMachineCommand, DescribeStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, PublishCommand, SNSClient, TagResourceCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageCommand, SQSClient, TagQueueCommand } from "@aws-sdk/client-sqs";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { assumeNewRole, type RoleSession } from "../../helpers/role-session.ts";

/** A role that may do everything with resources of its team, and nothing with others. */
let cloud: TestCloud;
let member: RoleSession;

const OF_TEAM = { StringEquals: { "aws:ResourceTag/Team": "blue" } };
const trust = (Action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action }],
});

beforeAll(async () => {
  cloud = await startTestCloud();
  member = await assumeNewRole(cloud, "member");
  await member.allow({ Effect: "Allow", Action: "*", Resource: "*", Condition: OF_TEAM });
});

afterAll(() => cloud.stop());

const list = (Value: string) => [{ Key: "Team", Value }];
const map = (Team: string) => ({ Team });

/** Makes a resource of a team as the account, and returns how a member of the blue team uses it. */
const RESOURCES: Readonly<Record<string, (team: string) => Promise<() => Promise<unknown>>>> = {
  async "a queue"(team) {
    const made = await own(SQSClient).send(new CreateQueueCommand({ QueueName: `queue-${team}`, tags: map(team) }));
    return () => theirs(SQSClient).send(new SendMessageCommand({ QueueUrl: made.QueueUrl, MessageBody: "x" }));
  },
  async "a topic"(team) {
    const made = await own(SNSClient).send(new CreateTopicCommand({ Name: `topic-${team}`, Tags: list(team) }));
    return () => theirs(SNSClient).send(new PublishCommand({ TopicArn: made.TopicArn, Message: "x" }));
  },
  async "a table"(team) {
    const TableName = `table-${team}`;
    await own(DynamoDBClient).send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        Tags: list(team),
      }),
    );
    return () => theirs(DynamoDBClient).send(new GetItemCommand({ TableName, Key: { id: { S: "1" } } }));
  },
  async "a rule"(team) {
    const Name = `rule-${team}`;
    const rule = { Name, ScheduleExpression: "rate(1 day)", Tags: list(team) };
    await own(EventBridgeClient).send(new PutRuleCommand(rule));
    return () => theirs(EventBridgeClient).send(new DescribeRuleCommand({ Name }));
  },
  async "a stream"(team) {
    const StreamName = `stream-${team}`;
    await own(KinesisClient).send(new CreateStreamCommand({ StreamName, ShardCount: 1, Tags: map(team) }));
    return () => theirs(KinesisClient).send(new DescribeStreamSummaryCommand({ StreamName }));
  },
  async "a log group"(team) {
    const logGroupName = `/logs/${team}`;
    await own(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName, tags: map(team) }));
    return () => theirs(CloudWatchLogsClient).send(new DescribeLogStreamsCommand({ logGroupName }));
  },
  async "a secret"(team) {
    const secret = { Name: `secret-${team}`, SecretString: "x", Tags: list(team) };
    const { ARN } = await own(SecretsManagerClient).send(new CreateSecretCommand(secret));
    return () => theirs(SecretsManagerClient).send(new GetSecretValueCommand({ SecretId: ARN }));
  },
  async "a parameter"(team) {
    const Name = `/parameters/${team}`;
    await own(SSMClient).send(new PutParameterCommand({ Name, Value: "x", Type: "String", Tags: list(team) }));
    return () => theirs(SSMClient).send(new GetParameterCommand({ Name }));
  },
  async "a state machine"(team) {
    const { Role } = await own(IAMClient).send(
      new CreateRoleCommand({
        RoleName: `machine-${team}`,
        AssumeRolePolicyDocument: JSON.stringify({
          ...trust("sts:AssumeRole"),
          Statement: [{ Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      }),
    );
    const definition = JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Succeed" } } });
    const machine = { name: `machine-${team}`, definition, roleArn: Role?.Arn, tags: [{ key: "Team", value: team }] };
    const { stateMachineArn } = await own(SFNClient).send(new CreateStateMachineCommand(machine));
    return () => theirs(SFNClient).send(new DescribeStateMachineCommand({ stateMachineArn }));
  },
  async "an API"(team) {
    const api = { Name: `api-${team}`, ProtocolType: "HTTP" as const, Tags: map(team) };
    const { ApiId } = await own(ApiGatewayV2Client).send(new CreateApiCommand(api));
    return () => theirs(ApiGatewayV2Client).send(new GetApiCommand({ ApiId }));
  },
  async "a stack"(team) {
    const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: "AWS::SNS::Topic" } } });
    const stack = { StackName: `stack-${team}`, TemplateBody, Tags: list(team) };
    const { StackId } = await own(CloudFormationClient).send(new CreateStackCommand(stack));
    return () => theirs(CloudFormationClient).send(new DescribeStacksCommand({ StackName: StackId }));
  },
  async "a role"(team) {
    const role = { RoleName: `role-${team}`, AssumeRolePolicyDocument: JSON.stringify(trust("sts:AssumeRole")) };
    const { Role } = await own(IAMClient).send(new CreateRoleCommand({ ...role, Tags: list(team) }));
    const assumption = { RoleArn: Role?.Arn, RoleSessionName: "x" };
    return () => theirs(STSClient).send(new AssumeRoleCommand(assumption));
  },
};

type ClientClass = Parameters<TestCloud["client"]>[0];
const own: TestCloud["client"] = (type: ClientClass) => cloud.client(type);
const theirs: TestCloud["client"] = (type: ClientClass) => cloud.client(type, { credentials: member.credentials });

test.each(Object.keys(RESOURCES))("%s of the team is let through, and one of another team is refused", async (kind) => {
  const useOwn = await RESOURCES[kind]?.("blue");
  const useOther = await RESOURCES[kind]?.("red");
  await expect(useOwn?.()).resolves.toBeDefined();
  await expect(useOther?.()).rejects.toThrow(/not authorized to perform/);
});

test("a changed tag counts with the next call", async () => {
  const { QueueUrl } = await own(SQSClient).send(new CreateQueueCommand({ QueueName: "moves" }));
  const send = () => theirs(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
  await expect(send()).rejects.toThrow(/not authorized/);
  await own(SQSClient).send(new TagQueueCommand({ QueueUrl, Tags: map("blue") }));
  await expect(send()).resolves.toBeDefined();
  await own(SQSClient).send(new TagQueueCommand({ QueueUrl, Tags: map("red") }));
  await expect(send()).rejects.toThrow(/not authorized/);
});

test("a resource's own policy may read its tags, and denies by them", async () => {
  const { TopicArn = "" } = await own(SNSClient).send(new CreateTopicCommand({ Name: "closed", Tags: list("blue") }));
  const publish = () => theirs(SNSClient).send(new PublishCommand({ TopicArn, Message: "x" }));
  await expect(publish()).resolves.toBeDefined();
  const tag = { ResourceArn: TopicArn, Tags: [{ Key: "State", Value: "closed" }] };
  await own(SNSClient).send(new TagResourceCommand(tag));
  const closed = { StringEquals: { "aws:ResourceTag/State": "closed" } };
  await member.allow(
    { Effect: "Allow", Action: "*", Resource: "*", Condition: OF_TEAM },
    { Effect: "Deny", Action: "sns:Publish", Resource: "*", Condition: closed },
  );
  await expect(publish()).rejects.toThrow(/explicit deny/);
});

test("the CDK's way to name its bootstrap roles works: iam:ResourceTag when a role is assumed", async () => {
  const RoleName = "deploy-role";
  const document = JSON.stringify(trust("sts:AssumeRole"));
  const { Role } = await own(IAMClient).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document }));
  const deployer = await assumeNewRole(cloud, "deployer");
  const Condition = { StringEquals: { "iam:ResourceTag/aws-cdk:bootstrap-role": ["deploy", "file-publishing"] } };
  await deployer.allow({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*", Condition });
  const sts = cloud.client(STSClient, { credentials: deployer.credentials });
  const assume = () => sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "x" }));
  await expect(assume()).rejects.toThrow(/not authorized to perform: sts:AssumeRole/);
  await own(IAMClient).send(
    new TagRoleCommand({ RoleName, Tags: [{ Key: "aws-cdk:bootstrap-role", Value: "deploy" }] }),
  );
  await expect(assume()).resolves.toBeDefined();
});
