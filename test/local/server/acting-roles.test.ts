import {
  CreateStackCommand,
  CloudFormationClient,
  waitUntilStackCreateComplete,
  DescribeStackEventsCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateStreamCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
  UpdateEventSourceMappingCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Access } from "../../../lib/local/server/authorise.ts";
import { zipOf } from "../lambda/lambda-fixture.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

const ACCOUNT = "000000000000";
let cloud: TestCloud;
let iam: IAMClient;
let queueUrl: string;
const refused: Access[] = [];
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`;

beforeAll(async () => {
  cloud = await startTestCloud({ onAccess: (access) => void (access.allowed || refused.push(access)) });
  iam = cloud.client(IAMClient);
  const made = await cloud.client(SQSClient).send(new CreateQueueCommand({ QueueName: "orders" }));
  queueUrl = made.QueueUrl ?? "";
});
afterAll(() => cloud.stop());

async function role(RoleName: string, service: string, ...statements: object[]): Promise<string> {
  const trust = { Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = document(trust);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  if (statements.length > 0) await grant(RoleName, ...statements);
  return Role?.Arn ?? "";
}

function grant(RoleName: string, ...statements: object[]) {
  return iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: document(...statements) }));
}

function document(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const allow = (Action: string | string[], Resource: string) => ({ Effect: "Allow", Action, Resource });

describe("a state machine acts in its role", () => {
  test("and fails where the role lacks a permission, until it has it", async () => {
    const sfn = cloud.client(SFNClient);
    const roleArn = await role("machine", "states");
    const definition = JSON.stringify({
      StartAt: "Send",
      States: {
        Send: {
          Type: "Task",
          Resource: "arn:aws:states:::sqs:sendMessage",
          Parameters: { QueueUrl: queueUrl, MessageBody: "x" },
          End: true,
        },
      },
    });
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name: "m", roleArn, definition }));
    const run = async (name: string) => {
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name }));
      return expect.poll(() => sfn.send(new DescribeExecutionCommand({ executionArn })));
    };
    const denied = `User: arn:aws:sts::${ACCOUNT}:assumed-role/machine/first is not authorized to perform: sqs:sendmessage on resource: ${QUEUE} because no identity-based policy allows the sqs:sendmessage action`;
    await (await run("first")).toMatchObject({ status: "FAILED", cause: expect.stringContaining(denied) });
    await grant("machine", allow("sqs:SendMessage", QUEUE));
    await (await run("second")).toMatchObject({ status: "SUCCEEDED" });
  });
});

describe("an event source mapping", () => {
  test("is refused where the function's role may not read the source", async () => {
    const lambda = cloud.client(LambdaClient);
    const Role = await role("reader", "lambda", allow(["sqs:ReceiveMessage", "sqs:GetQueueAttributes"], QUEUE));
    const Code = { ZipFile: await zipOf({ "index.js": "exports.handler = async () => ({});" }) };
    const create = { FunctionName: "reader", Runtime: "nodejs22.x" as const, Handler: "index.handler", Role, Code };
    await lambda.send(new CreateFunctionCommand(create));
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 0.1 }, { FunctionName: "reader" });
    const mapping = new CreateEventSourceMappingCommand({ FunctionName: "reader", EventSourceArn: QUEUE });
    await expect(lambda.send(mapping)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The provided execution role does not have permissions to call DeleteMessage on SQS",
    });
    await grant("reader", allow("sqs:*", QUEUE));
    await expect(lambda.send(mapping)).resolves.toMatchObject({ EventSourceArn: QUEUE });
  });
});

describe("an event source mapping that has lost its permissions", () => {
  const Code = zipOf({ "index.js": "exports.handler = async () => ({});" });
  const reading = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"];

  async function reader(FunctionName: string, action: string | string[], resource: string) {
    const lambda = cloud.client(LambdaClient);
    const Role = await role(FunctionName, "lambda", allow(action, resource));
    const settings = { Runtime: "nodejs22.x" as const, Handler: "index.handler", Role, Code: { ZipFile: await Code } };
    await lambda.send(new CreateFunctionCommand({ FunctionName, ...settings }));
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 0.1 }, { FunctionName });
    return lambda;
  }

  test("names what a stream's role may not do, and reads on once it may", async () => {
    const kinesis = cloud.client(KinesisClient);
    await kinesis.send(new CreateStreamCommand({ StreamName: "readings", ShardCount: 1 }));
    const EventSourceArn = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/readings`;
    const lambda = await reader("counter", reading, EventSourceArn);
    const create = { FunctionName: "counter", EventSourceArn, StartingPosition: "TRIM_HORIZON" as const };
    const { UUID } = await lambda.send(new CreateEventSourceMappingCommand(create));
    const result = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).LastProcessingResult;
    await grant("counter", allow(reading.slice(1), EventSourceArn));
    await expect
      .poll(result)
      .toBe(
        `PROBLEM: User: arn:aws:sts::${ACCOUNT}:assumed-role/counter/counter is not authorized to perform: kinesis:GetRecords on resource: ${EventSourceArn} because no identity-based policy allows the kinesis:GetRecords action`,
      );
    await grant("counter", allow(reading, EventSourceArn));
    await kinesis.send(new PutRecordCommand({ StreamName: "readings", PartitionKey: "a", Data: Buffer.from("x") }));
    await expect.poll(result).toBe("OK");
  });

  test("leaves a queue's messages where the role may not delete them, and cannot be updated", async () => {
    const sqs = cloud.client(SQSClient);
    const made = await sqs.send(new CreateQueueCommand({ QueueName: "jobs" }));
    const EventSourceArn = `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`;
    const lambda = await reader("worker", "sqs:*", EventSourceArn);
    const { UUID } = await lambda.send(new CreateEventSourceMappingCommand({ FunctionName: "worker", EventSourceArn }));
    await grant("worker", allow(["sqs:ReceiveMessage", "sqs:GetQueueAttributes"], EventSourceArn));
    await sqs.send(new SendMessageCommand({ QueueUrl: made.QueueUrl, MessageBody: "x" }));
    const calls = () =>
      refused.filter(
        ({ permission: { action, resource } }) => action === "sqs:DeleteMessage" && resource === EventSourceArn,
      );
    await expect.poll(calls).not.toEqual([]);
    const AttributeNames = ["ApproximateNumberOfMessagesNotVisible" as const];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: made.QueueUrl, AttributeNames }));
    expect(Attributes).toEqual({ ApproximateNumberOfMessagesNotVisible: "1" });
    const update = new UpdateEventSourceMappingCommand({ UUID, BatchSize: 1 });
    await expect(lambda.send(update)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The provided execution role does not have permissions to call DeleteMessage on SQS",
    });
  });
});

describe("a role that does not exist", () => {
  const ghost = `arn:aws:iam::${ACCOUNT}:role/ghost`;

  test("makes no state machine", async () => {
    const definition = JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", End: true } } });
    const create = new CreateStateMachineCommand({ name: "ghost", roleArn: ghost, definition });
    await expect(cloud.client(SFNClient).send(create)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message:
        "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
    });
  });

  test("carries out no stack", async () => {
    const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: "AWS::SNS::Topic" } } });
    const create = new CreateStackCommand({ StackName: "ghost", RoleARN: ghost, TemplateBody });
    await expect(cloud.client(CloudFormationClient).send(create)).rejects.toMatchObject({
      name: "ValidationError",
      message: `Role ${ghost} is invalid or cannot be assumed`,
    });
  });
});

describe("a state machine's log", () => {
  test("is refused where the role may not deliver it", async () => {
    const sfn = cloud.client(SFNClient);
    const logs = cloud.client(CloudWatchLogsClient);
    await logs.send(new CreateLogGroupCommand({ logGroupName: "executions" }));
    const logGroupArn = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:executions:*`;
    const loggingConfiguration = { level: "ALL" as const, destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] };
    const definition = JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", End: true } } });
    const roleArn = await role("logger", "states");
    const create = new CreateStateMachineCommand({ name: "logged", roleArn, definition, loggingConfiguration });
    await expect(sfn.send(create)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "The state machine IAM Role is not authorized to access the Log Destination",
    });
    await grant("logger", allow("logs:CreateLogDelivery", "*"));
    await expect(sfn.send(create)).resolves.toHaveProperty("stateMachineArn");
  });
});

describe("a Map Run", () => {
  test("starts no child where the role may not start executions", async () => {
    const sfn = cloud.client(SFNClient);
    const roleArn = await role("mapper", "states");
    const ItemProcessor = {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
      StartAt: "A",
      States: { A: { Type: "Pass", End: true } },
    };
    const definition = JSON.stringify({ StartAt: "Each", States: { Each: { Type: "Map", ItemProcessor, End: true } } });
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name: "mapper", roleArn, definition }));
    const run = async (name: string) => {
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: "[1]" }));
      return expect.poll(() => sfn.send(new DescribeExecutionCommand({ executionArn })));
    };
    const cause = `is not authorized to perform: states:StartExecution on resource: ${stateMachineArn} because no`;
    await (await run("first")).toMatchObject({ status: "FAILED", cause: expect.stringContaining(cause) });
    await grant("mapper", allow("states:StartExecution", stateMachineArn!));
    await (await run("second")).toMatchObject({ status: "SUCCEEDED" });
  });
});

describe("a destination", () => {
  test("is refused where the function's role may not send to it", async () => {
    const lambda = cloud.client(LambdaClient);
    const Role = await role("sender", "lambda");
    const Code = { ZipFile: await zipOf({ "index.js": "exports.handler = async () => ({});" }) };
    const create = { FunctionName: "sender", Runtime: "nodejs22.x" as const, Handler: "index.handler", Role, Code };
    await lambda.send(new CreateFunctionCommand(create));
    const DestinationConfig = { OnFailure: { Destination: QUEUE } };
    const put = new PutFunctionEventInvokeConfigCommand({ FunctionName: "sender", DestinationConfig });
    await expect(lambda.send(put)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: `The function's execution role does not have permissions to call SendMessage on ${QUEUE}`,
    });
    await grant("sender", allow("sqs:SendMessage", QUEUE));
    await expect(lambda.send(put)).resolves.toMatchObject({ DestinationConfig });
  });
});

describe("CloudFormation", () => {
  test("makes resources in the stack's service role", async () => {
    const cloudformation = cloud.client(CloudFormationClient);
    const RoleARN = await role("stacks", "cloudformation", allow("sqs:*", "*"));
    const template = { Resources: { Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "t" } } } };
    const create = { StackName: "limited", RoleARN, TemplateBody: JSON.stringify(template) };
    await cloudformation.send(new CreateStackCommand(create));
    const events = () => cloudformation.send(new DescribeStackEventsCommand({ StackName: "limited" }));
    await expect
      .poll(async () => (await events()).StackEvents?.map((event) => event.ResourceStatusReason).join("\n"), {
        timeout: 20_000,
      })
      .toContain(
        `assumed-role/stacks/AWSCloudFormation is not authorized to perform: SNS:GetTopicAttributes on resource: arn:aws:sns:us-east-1:${ACCOUNT}:t`,
      );
    await grant("stacks", allow("sns:*", "*"));
    await cloudformation.send(new CreateStackCommand({ ...create, StackName: "granted" }));
    await waitUntilStackCreateComplete(
      { client: cloudformation, maxWaitTime: 30, minDelay: 0.1 },
      { StackName: "granted" },
    );
    const { Topics } = await cloud.client(SNSClient).send(new ListTopicsCommand({}));
    expect(Topics).toEqual([{ TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:t` }]);
  });
});
