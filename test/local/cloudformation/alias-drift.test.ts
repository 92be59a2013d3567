import { CancelUpdateStackCommand, CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  GetAliasCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functionRole } from "../../helpers/function-role.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy } from "./spine.ts";

let cloud: TestCloud;
let cloudformation: CloudFormationClient;
let lambda: LambdaClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  cloudformation = cloud.client(CloudFormationClient);
  lambda = cloud.client(LambdaClient);
});

afterAll(() => cloud.stop());

describe("an alias that was moved since the stack was deployed", () => {
  const template = (pin: string, description: string, broken: object = {}) => ({
    Resources: {
      Role: functionRole(),
      Function: {
        Type: "AWS::Lambda::Function",
        Properties: {
          Code: { ZipFile: "exports.handler = async () => 1" },
          Handler: "index.handler",
          Runtime: "nodejs22.x",
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
        },
      },
      Alias: {
        Type: "AWS::Lambda::Alias",
        Properties: {
          FunctionName: { Ref: "Function" },
          Name: "live",
          FunctionVersion: pin,
          Description: description,
        },
      },
      Wait: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      ...broken,
    },
    Outputs: { Name: { Value: { Ref: "Function" } } },
  });
  const refused = {
    Broken: {
      Type: "AWS::SSM::Parameter",
      DependsOn: "Alias",
      Properties: { Type: "String", Value: "x", Name: "/aws/x" },
    },
  };
  const waiting = {
    Block: {
      Type: "AWS::CloudFormation::WaitCondition",
      DependsOn: "Alias",
      Properties: { Handle: { Ref: "Wait" }, Timeout: "900" },
    },
  };

  /** A function with two versions, its alias pinned to 2 and moved to 1 by hand. */
  async function drifted(StackName: string): Promise<string> {
    const created = await deploy(cloudformation, StackName, template("$LATEST", "a"), { ChangeSetType: "CREATE" });
    const FunctionName = created.Outputs![0]!.OutputValue!;
    for (const Description of ["one", "two"]) {
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description }));
      await lambda.send(new PublishVersionCommand({ FunctionName }));
    }
    await deploy(cloudformation, StackName, template("2", "a"));
    await lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
    return FunctionName;
  }

  const aliasOf = async (FunctionName: string) => {
    const { FunctionVersion, Description } = await lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }));
    return { FunctionVersion, Description };
  };

  test("stays where it is while no update touches it", async () => {
    const FunctionName = await drifted("untouched");
    const stack = await deploy(
      cloudformation,
      "untouched",
      template("2", "a", { Broken: { ...refused.Broken, DependsOn: [] } }),
    );
    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await aliasOf(FunctionName)).toEqual({ FunctionVersion: "1", Description: "a" });
  });

  test("goes back to its pin when an update changes another of its properties", async () => {
    const FunctionName = await drifted("touched");
    await deploy(cloudformation, "touched", template("2", "b"));
    expect(await aliasOf(FunctionName)).toEqual({ FunctionVersion: "2", Description: "b" });
  });

  test("goes to the previous pin when a failed update that pinned the live version is rolled back", async () => {
    const FunctionName = await drifted("failed");
    const stack = await deploy(cloudformation, "failed", template("1", "a", refused));
    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await aliasOf(FunctionName)).toEqual({ FunctionVersion: "2", Description: "a" });
  });

  test("goes to the previous pin when a failed update that left the pin alone is rolled back", async () => {
    const FunctionName = await drifted("described");
    const failing = deploy(cloudformation, "described", template("2", "b", waiting));
    await expect.poll(async () => (await aliasOf(FunctionName)).Description).toBe("b");
    await lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
    await cloud.clock.advance(901_000);
    expect((await failing).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await aliasOf(FunctionName)).toEqual({ FunctionVersion: "2", Description: "a" });
  });

  test("goes to the previous pin when an update is cancelled", async () => {
    const FunctionName = await drifted("cancelled-update");
    const cancelled = deploy(cloudformation, "cancelled-update", template("1", "b", waiting));
    await expect.poll(async () => (await aliasOf(FunctionName)).Description).toBe("b");
    expect((await aliasOf(FunctionName)).FunctionVersion).toBe("1");
    await cloudformation.send(new CancelUpdateStackCommand({ StackName: "cancelled-update" }));
    expect((await cancelled).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await aliasOf(FunctionName)).toEqual({ FunctionVersion: "2", Description: "a" });
  });
});
