import { readFileSync } from "node:fs";
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeStacksCommand,
  ListStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetAliasCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { bootstrapRoles } from "../../../lib/local/bootstrap-roles.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

const ACCOUNT = "000000000000";
const BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-us-east-1`;
const VERSION = "/cdk-bootstrap/hnb659fds/version";
type Role = "file-publishing" | "image-publishing" | "lookup" | "deploy" | "cfn-exec";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.stop());

function roleArn(role: Role): string {
  return `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-${role}-role-${ACCOUNT}-us-east-1`;
}

async function as(role: Role): Promise<{ credentials: object }> {
  const asked = new AssumeRoleCommand({ RoleArn: roleArn(role), RoleSessionName: "test" });
  const { Credentials } = await cloud.client(STSClient).send(asked);
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  return { credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } };
}

function refusal(
  role: Role,
  action: string,
  resource: string,
  reason = `because no identity-based policy allows the ${action} action`,
) {
  const user = `arn:aws:sts::${ACCOUNT}:assumed-role/cdk-hnb659fds-${role}-role-${ACCOUNT}-us-east-1/test`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

describe("the CDK's bootstrap roles", () => {
  test("have the policies of the template that the CDK ships", () => {
    const path = new URL("../../../node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml", import.meta.url);
    const { Resources } = parse(readFileSync(path, "utf8"));
    const shipped = Object.fromEntries(Object.keys(bootstrapRoles()).map((id) => [id, resolve(Resources[id])]));
    expect(JSON.parse(JSON.stringify(bootstrapRoles()))).toEqual(shipped);
  });

  test("publish files and read nothing else", async () => {
    const role = await as("file-publishing");
    const s3 = cloud.client(S3Client, role);
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "asset.zip", Body: "x" }));
    const read = cloud.client(SSMClient, role).send(new GetParameterCommand({ Name: VERSION }));
    await expect(read).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: refusal("file-publishing", "ssm:GetParameter", `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter${VERSION}`),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("deploy by CloudFormation, and read neither aliases nor state machines", async () => {
    const role = await as("deploy");
    await cloud.client(CloudFormationClient, role).send(new DescribeStacksCommand({ StackName: "CDKToolkit" }));
    await cloud.client(SSMClient, role).send(new GetParameterCommand({ Name: VERSION }));
    const alias = new GetAliasCommand({ FunctionName: "orders", Name: "live" });
    const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:orders`;
    await expect(cloud.client(LambdaClient, role).send(alias)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: refusal("deploy", "lambda:GetAlias", arn),
      $metadata: { httpStatusCode: 403 },
    });
    await expect(cloud.client(SFNClient, role).send(new ListStateMachinesCommand({}))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: refusal("deploy", "states:ListStateMachines", "*"),
    });
  });

  test("deploy reads the staging bucket and does not write it", async () => {
    const s3 = cloud.client(S3Client, await as("deploy"));
    await cloud.client(S3Client).send(new PutObjectCommand({ Bucket: BUCKET, Key: "template.json", Body: "{}" }));
    await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "template.json" }));
    await expect(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "k", Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: refusal("deploy", "s3:PutObject", `"arn:aws:s3:::${BUCKET}/k"`),
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("deploy passes the execution role and no other", async () => {
    const cloudformation = cloud.client(CloudFormationClient, await as("deploy"));
    const input = { StackName: "orders", ChangeSetName: "c", ChangeSetType: "CREATE" as const, TemplateBody: TEMPLATE };
    const other = roleArn("lookup");
    await expect(cloudformation.send(new CreateChangeSetCommand({ ...input, RoleARN: other }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: refusal("deploy", "iam:PassRole", other),
    });
    const own = roleArn("cfn-exec");
    await expect(cloudformation.send(new CreateChangeSetCommand({ ...input, RoleARN: own }))).resolves.toHaveProperty(
      "Id",
    );
  });

  test("look up and change nothing", async () => {
    const role = await as("lookup");
    await cloud.client(CloudFormationClient, role).send(new ListStacksCommand({}));
    const put = new PutParameterCommand({ Name: "/mine", Value: "x", Type: "String" });
    await expect(cloud.client(SSMClient, role).send(put)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("cannot be assumed with an external id, nor CloudFormation's by a person", async () => {
    const sts = cloud.client(STSClient);
    const root = `arn:aws:iam::${ACCOUNT}:root`;
    const deploy = { RoleArn: roleArn("deploy"), RoleSessionName: "test", ExternalId: "deputy" };
    await expect(sts.send(new AssumeRoleCommand(deploy))).rejects.toMatchObject({ name: "AccessDenied" });
    const execution = { RoleArn: roleArn("cfn-exec"), RoleSessionName: "test" };
    await expect(sts.send(new AssumeRoleCommand(execution))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: ${root} is not authorized to perform: sts:AssumeRole on resource: ${roleArn("cfn-exec")}`,
    });
  });

  test("leave the user's own credentials an administrator", async () => {
    const create = new CreateTableCommand({
      TableName: "orders",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    await expect(cloud.client(DynamoDBClient).send(create)).resolves.toHaveProperty("TableDescription");
  });
});

const TEMPLATE = JSON.stringify({ Resources: { Topic: { Type: "AWS::SNS::Topic" } } });

/** The conditions of the shipped template, as they come out without options. */
const CONDITIONS: Record<string, boolean> = {
  ShouldDenyExternalId: true,
  HasTrustedAccounts: false,
  HasTrustedAccountsForLookup: false,
  HasCloudFormationExecutionPolicies: false,
  ShouldApplyPermissionsBoundaryToAllRoles: false,
  PermissionsBoundarySet: false,
  CreateNewKey: false,
};

/** What is left of a part of the shipped template: conditions are decided, and names of what is not supported filled in. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
  if (typeof value !== "object" || value === null) return value;
  const given = value as Record<string, unknown>;
  const choice = given["Fn::If"];
  if (Array.isArray(choice)) return resolve(choice[CONDITIONS[String(choice[0])] === true ? 1 : 2]);
  if (given["Ref"] === "AWS::NoValue") return undefined;
  const text = given["Fn::Sub"];
  if (typeof text === "string") {
    const repository =
      "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/cdk-${Qualifier}-container-assets-${AWS::AccountId}-${AWS::Region}";
    const filled = text
      .replace("${FileAssetsBucketKmsKeyId}", "AWS_MANAGED_KEY")
      .replace("${ContainerAssetsRepository.Arn}", repository);
    return { "Fn::Sub": filled };
  }
  const entries = Object.entries(given).map(([key, each]) => [key, resolve(each)] as const);
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined));
}
