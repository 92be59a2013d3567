import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { GetAliasCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, settledStack, spineTemplate } from "./spine.ts";

let cloud: TestCloud;
let cloudformation: CloudFormationClient;
let lambda: LambdaClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  cloudformation = cloud.client(CloudFormationClient);
  lambda = cloud.client(LambdaClient);
});

afterAll(() => cloud.stop());

test("an app is created by change set, answers, is updated, and goes", async () => {
  const created = await deploy(cloudformation, "spine", spineTemplate(), { ChangeSetType: "CREATE" });
  expect(created.StackStatus).toBe("CREATE_COMPLETE");
  const outputs = Object.fromEntries(created.Outputs!.map((output) => [output.OutputKey, output.OutputValue!]));
  expect(await invoke(outputs.AliasArn)).toBe('"one"');

  const updated = await deploy(
    cloudformation,
    "spine",
    spineTemplate({ code: 'exports.handler = async () => "two"', version: "2" }),
  );
  expect(updated.StackStatus).toBe("UPDATE_COMPLETE");
  expect(await invoke(outputs.AliasArn)).toBe('"two"');
  const alias = await lambda.send(new GetAliasCommand({ FunctionName: outputs.FunctionName!, Name: "live" }));
  expect(alias.FunctionVersion).toBe("2");

  await cloudformation.send(new DeleteStackCommand({ StackName: "spine" }));
  const deleted = await settledStack(cloudformation, created.StackId!);
  expect(deleted.StackStatus).toBe("DELETE_COMPLETE");
});

async function invoke(FunctionName: string): Promise<string> {
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
  return Payload!.transformToString();
}
