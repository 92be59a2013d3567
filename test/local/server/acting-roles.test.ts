import {
  CreateStackCommand,
  CloudFormationClient,
  waitUntilStackCreateComplete,
  DescribeStackEventsCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zipOf } from "../lambda/lambda-fixture.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

const ACCOUNT = "000000000000";
let cloud: TestCloud;
let iam: IAMClient;
let queueUrl: string;
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`;

beforeAll(async () => {
  cloud = await startTestCloud();
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
