import { CreateTableCommand, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePermissionsBoundaryCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateQueueCommand, SendMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { assumeNewRole, type RoleSession } from "../../helpers/role-session.ts";

const QUEUE = "arn:aws:sqs:us-east-1:000000000000:jobs";
const SEND = { Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE };
const POLICY = "arn:aws:iam::000000000000:policy/sending";

let cloud: TestCloud;
let iam: IAMClient;
let caller: RoleSession;
let sqs: SQSClient;
let queueUrl: string;
let count = 0;

const document = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const roleName = () => caller.roleArn.slice(caller.roleArn.lastIndexOf("/") + 1);

beforeAll(async () => {
  cloud = await startTestCloud();
  iam = cloud.client(IAMClient);
  const { QueueUrl = "" } = await cloud.client(SQSClient).send(new CreateQueueCommand({ QueueName: "jobs" }));
  queueUrl = QueueUrl;
  await iam.send(new CreatePolicyCommand({ PolicyName: "sending", PolicyDocument: document(SEND) }));
});

afterAll(() => cloud.stop());

beforeEach(async () => {
  caller = await assumeNewRole(cloud, `caller-${++count}`);
  const { credentials } = caller;
  sqs = cloud.client(SQSClient, { credentials });
});

/** Twice, so that the second answer is one that was kept. */
async function outcomes(): Promise<string[]> {
  const once = () =>
    sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: "x" })).then(
      () => "allowed",
      (error: { name: string }) => error.name,
    );
  return [await once(), await once()];
}

const ALLOWED = ["allowed", "allowed"];
const REFUSED = ["AccessDenied", "AccessDenied"];

test("an inline policy takes effect with the next call, and so does its removal", async () => {
  expect(await outcomes()).toEqual(REFUSED);
  await caller.allow(SEND);
  expect(await outcomes()).toEqual(ALLOWED);
  await caller.allow(SEND, { ...SEND, Effect: "Deny" });
  expect(await outcomes()).toEqual(REFUSED);
  await caller.allow(SEND);
  expect(await outcomes()).toEqual(ALLOWED);
  await iam.send(new DeleteRolePolicyCommand({ RoleName: roleName(), PolicyName: "own" }));
  expect(await outcomes()).toEqual(REFUSED);
});

test("a managed policy takes effect when it is attached, when its version changes and when it is detached", async () => {
  expect(await outcomes()).toEqual(REFUSED);
  const attachment = { RoleName: roleName(), PolicyArn: POLICY };
  await iam.send(new AttachRolePolicyCommand(attachment));
  expect(await outcomes()).toEqual(ALLOWED);
  const change = (...statements: readonly object[]) =>
    iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: POLICY,
        PolicyDocument: document(...statements),
        SetAsDefault: true,
      }),
    );
  await change({ ...SEND, Action: "sqs:ReceiveMessage" });
  expect(await outcomes()).toEqual(REFUSED);
  await change(SEND);
  expect(await outcomes()).toEqual(ALLOWED);
  await iam.send(new DetachRolePolicyCommand(attachment));
  expect(await outcomes()).toEqual(REFUSED);
});

test("a boundary takes effect when it is put and when it is removed", async () => {
  await caller.allow({ ...SEND, Resource: "*" });
  expect(await outcomes()).toEqual(ALLOWED);
  const PermissionsBoundary = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess";
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: roleName(), PermissionsBoundary }));
  expect(await outcomes()).toEqual(REFUSED);
  await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: roleName() }));
  expect(await outcomes()).toEqual(ALLOWED);
});

test("a queue's own policy takes effect with the next call", async () => {
  await caller.allow(SEND);
  expect(await outcomes()).toEqual(ALLOWED);
  const denial = { Effect: "Deny", Principal: "*", Action: "sqs:SendMessage", Resource: QUEUE };
  const own = cloud.client(SQSClient);
  const set = (Policy: string) =>
    own.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy } }));
  await set(document(denial));
  expect(await outcomes()).toEqual(REFUSED);
  await set("");
  expect(await outcomes()).toEqual(ALLOWED);
});

test("a trust policy takes effect with the next session", async () => {
  const sts = cloud.client(STSClient);
  const assume = () => sts.send(new AssumeRoleCommand({ RoleArn: caller.roleArn, RoleSessionName: "again" }));
  await assume();
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName(), PolicyDocument: document(trust) }));
  await expect(assume()).rejects.toMatchObject({ name: "AccessDenied" });
});

test("a session ends with its role, and with its time", async () => {
  await caller.allow(SEND);
  expect(await outcomes()).toEqual(ALLOWED);
  await cloud.clock.advance(43_200_000);
  expect(await outcomes()).toEqual(["ExpiredToken", "ExpiredToken"]);
  caller = await assumeNewRole(cloud, "short-lived");
  sqs = cloud.client(SQSClient, { credentials: caller.credentials });
  expect(await outcomes()).toEqual(REFUSED);
  await iam.send(new DeleteRoleCommand({ RoleName: "short-lived" }));
  expect(await outcomes()).toEqual(["InvalidClientTokenId", "InvalidClientTokenId"]);
});

test("a decision that depends on the request is made for each request", async () => {
  const own = cloud.client(DynamoDBClient);
  await own.send(
    new CreateTableCommand({
      TableName: "notes",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    }),
  );
  const Condition = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["mine"] } };
  await caller.allow({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*", Condition });
  const dynamodb = cloud.client(DynamoDBClient, { credentials: caller.credentials });
  const read = (id: string) =>
    dynamodb.send(new GetItemCommand({ TableName: "notes", Key: { id: { S: id } } })).then(
      () => "allowed",
      (error: { name: string }) => error.name,
    );
  expect([await read("mine"), await read("yours"), await read("mine")]).toEqual([
    "allowed",
    "AccessDeniedException",
    "allowed",
  ]);
});
