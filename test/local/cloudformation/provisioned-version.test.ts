import { CancelUpdateStackCommand, CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
  ListProvisionedConcurrencyConfigsCommand,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functionRole } from "../../helpers/function-role.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventLines, eventsOf } from "./spine.ts";

let cloud: TestCloud;
let cloudformation: CloudFormationClient;
let lambda: LambdaClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  cloudformation = cloud.client(CloudFormationClient);
  lambda = cloud.client(LambdaClient);
});

afterAll(() => cloud.stop());

/** A function whose version, of a logical id of its own, has provisioned concurrency and outlives its template. */
function template(FunctionName: string, code: string, version: string, more: object = {}) {
  return {
    Resources: {
      Role: functionRole(),
      Function: {
        Type: "AWS::Lambda::Function",
        Properties: {
          FunctionName,
          Code: { ZipFile: code },
          Handler: "index.handler",
          Runtime: "nodejs22.x",
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          ...more,
        },
      },
      [version]: {
        Type: "AWS::Lambda::Version",
        DeletionPolicy: "RetainExceptOnCreate",
        UpdateReplacePolicy: "Retain",
        Properties: {
          FunctionName: { Ref: "Function" },
          ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
        },
      },
    },
  };
}

describe("a version with provisioned concurrency", () => {
  test("is complete when that is READY, and keeps it when its template no longer has it", async () => {
    const stack = await deploy(cloudformation, "Warm", template("warm", "exports.handler = async () => 1", "One"), {
      ChangeSetType: "CREATE",
    });
    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
    const config = { FunctionName: "warm", Qualifier: "1" };
    expect(await lambda.send(new GetProvisionedConcurrencyConfigCommand(config))).toMatchObject({ Status: "READY" });
    const next = await deploy(cloudformation, "Warm", template("warm", "exports.handler = async () => 2", "Two"), {
      ChangeSetType: "UPDATE",
    });
    expect(next.StackStatus).toBe("UPDATE_COMPLETE");
    const listed = await lambda.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName: "warm" }));
    expect(listed.ProvisionedConcurrencyConfigs).toMatchObject([{ Status: "READY" }, { Status: "READY" }]);
  });

  test("fails the stack with Lambda's reason where the code does not initialise, and is deleted again", async () => {
    await deploy(cloudformation, "Cold", template("cold", "exports.handler = async () => 1", "One"), {
      ChangeSetType: "CREATE",
    });
    const broken = template("cold", "throw new Error('no database')", "Two");
    const stack = await deploy(cloudformation, "Cold", broken, { ChangeSetType: "UPDATE" });
    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(eventLines(await eventsOf(cloudformation, "Cold")).join("\n")).toContain(
      "Provisioned Concurrency configuration failed to be applied. Reason: FUNCTION_ERROR_INIT_FAILURE",
    );
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: "cold" }));
    expect(Versions?.map(({ Version }) => Version)).toEqual(["$LATEST", "1"]);
  });

  test("is deleted again where the update is cancelled while it initialises", async () => {
    await deploy(cloudformation, "Stopped", template("stopped", "exports.handler = async () => 1", "One"), {
      ChangeSetType: "CREATE",
    });
    const slow = "for (const end = Date.now() + 3_000; Date.now() < end; );";
    const next = template("stopped", `${slow} exports.handler = async () => 2`, "Two");
    const update = deploy(cloudformation, "Stopped", next, { ChangeSetType: "UPDATE" });
    const versions = async () => {
      const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: "stopped" }));
      return Versions?.map(({ Version }) => Version);
    };
    await expect.poll(versions).toContain("2");
    await cloudformation.send(new CancelUpdateStackCommand({ StackName: "Stopped" }));
    expect((await update).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await versions()).toEqual(["$LATEST", "1"]);
  });

  test("fails a later version where the function's reservation is used up by those that were retained", async () => {
    const reserved = { ReservedConcurrentExecutions: 3 };
    const first = template("capped", "exports.handler = async () => 1", "One", reserved);
    await deploy(cloudformation, "Capped", first, { ChangeSetType: "CREATE" });
    const next = template("capped", "exports.handler = async () => 2", "Two", reserved);
    const stack = await deploy(cloudformation, "Capped", next, { ChangeSetType: "UPDATE" });
    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(eventLines(await eventsOf(cloudformation, "Capped")).join("\n")).toContain(
      "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
    );
  });
});
