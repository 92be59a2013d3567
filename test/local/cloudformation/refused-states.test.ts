import {
  CancelUpdateStackCommand,
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  RollbackStackCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, settledStack } from "./spine.ts";
import { functionRole } from "../../helpers/function-role.ts";

let cloud: TestCloud;
let client: CloudFormationClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
});

afterAll(() => cloud.stop());

const parameter = (Name: string, more: object = {}) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Type: "String", Value: "x", Name },
  ...more,
});

/** What an operation says of a stack where it is refused; undefined where it is accepted. */
async function refusalOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: Error) => error.message,
  );
}

/** What every operation says of a stack in its present state. Nothing here is accepted. */
async function refusals(StackName: string): Promise<Record<string, string | undefined>> {
  const TemplateBody = JSON.stringify({ Resources: { A: parameter("refused-states") } });
  const ChangeSetName = "probe";
  const probes = {
    CreateStack: client.send(new CreateStackCommand({ StackName, TemplateBody })),
    CreateChangeSet: client.send(new CreateChangeSetCommand({ StackName, ChangeSetName, TemplateBody })),
    UpdateStack: client.send(new UpdateStackCommand({ StackName, TemplateBody })),
    CancelUpdateStack: client.send(new CancelUpdateStackCommand({ StackName })),
    RollbackStack: client.send(new RollbackStackCommand({ StackName })),
  };
  const answers = Object.entries(probes).map(async ([name, probe]) => [name, await refusalOf(probe)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

const refusedIn = (StackName: string, id: string, status: string) => ({
  CreateStack: `Stack [${StackName}] already exists`,
  CreateChangeSet: `Stack:${id} is in ${status} state and can not be updated.`,
  UpdateStack: `Stack:${id} is in ${status} state and can not be updated.`,
  CancelUpdateStack: "CancelUpdateStack cannot be called from current stack status",
  RollbackStack: `Stack:${id} is in ${status} state and can not be rolled back.`,
});

const continueRollback = (StackName: string) => client.send(new ContinueUpdateRollbackCommand({ StackName }));

describe("a stack", () => {
  test("in ROLLBACK_COMPLETE can only be deleted", async () => {
    const { StackStatus, StackId } = await deploy(
      client,
      "undone",
      { Resources: { A: parameter("/aws/refused") } },
      { ChangeSetType: "CREATE" },
    );
    expect(StackStatus).toBe("ROLLBACK_COMPLETE");
    expect(await refusals("undone")).toEqual(refusedIn("undone", StackId!, "ROLLBACK_COMPLETE"));
    await expect(continueRollback("undone")).rejects.toThrow("ROLLBACK_COMPLETE state and can not continue");
    await client.send(new DeleteStackCommand({ StackName: "undone" }));
    expect((await settledStack(client, StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  });

  test("in DELETE_FAILED can only be deleted, also without what it cannot delete", async () => {
    const s3 = cloud.client(S3Client, { forcePathStyle: true });
    const bucket = { Type: "AWS::S3::Bucket", Properties: { BucketName: "full-bucket" } };
    await deploy(client, "clinging", { Resources: { Bucket: bucket } }, { ChangeSetType: "CREATE" });
    await s3.send(new PutObjectCommand({ Bucket: "full-bucket", Key: "k", Body: "x" }));
    await client.send(new DeleteStackCommand({ StackName: "clinging" }));
    const { StackStatus, StackId } = await settledStack(client, "clinging");
    expect(StackStatus).toBe("DELETE_FAILED");
    expect(await refusals("clinging")).toEqual(refusedIn("clinging", StackId!, "DELETE_FAILED"));
    await expect(continueRollback("clinging")).rejects.toThrow("DELETE_FAILED state and can not continue");
    await s3.send(new DeleteObjectCommand({ Bucket: "full-bucket", Key: "k" }));
    await client.send(new DeleteStackCommand({ StackName: "clinging" }));
    expect((await settledStack(client, StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  });

  test("in UPDATE_ROLLBACK_FAILED can only be rolled back further or deleted", async () => {
    const template = (Description: string, more: object = {}) => ({
      Resources: {
        Role: functionRole(),
        Function: {
          Type: "AWS::Lambda::Function",
          Properties: {
            FunctionName: "stuck",
            Code: { ZipFile: "exports.handler = async () => 1" },
            Handler: "index.handler",
            Runtime: "nodejs22.x",
            Description,
            Role: { "Fn::GetAtt": ["Role", "Arn"] },
          },
        },
        ...more,
      },
    });
    const handle = { Type: "AWS::CloudFormation::WaitConditionHandle", DependsOn: "Function" };
    const wait = {
      Type: "AWS::CloudFormation::WaitCondition",
      Properties: { Handle: { Ref: "Handle" }, Timeout: "600" },
    };
    await deploy(client, "stuck", template("one"), { ChangeSetType: "CREATE" });
    const underWay = deploy(client, "stuck", template("two", { Handle: handle, Wait: wait }));
    const lambda = cloud.client(LambdaClient);
    await expect
      .poll(() => refusalOf(lambda.send(new DeleteFunctionCommand({ FunctionName: "stuck" }))))
      .toBeUndefined();
    await cloud.clock.advance(601_000);
    const { StackStatus, StackId } = await underWay;
    expect(StackStatus).toBe("UPDATE_ROLLBACK_FAILED");
    expect(await refusals("stuck")).toEqual(refusedIn("stuck", StackId!, "UPDATE_ROLLBACK_FAILED"));
    await expect(
      client.send(new DeleteStackCommand({ StackName: "stuck", RetainResources: ["Function"] })),
    ).rejects.toThrow("only when the stack is in the DELETE_FAILED state");
    await client.send(new DeleteStackCommand({ StackName: "stuck" }));
    expect((await settledStack(client, StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  });
});
