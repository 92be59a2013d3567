import {
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functionRole } from "../../helpers/function-role.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventLines, eventsOf, settledStack, spineTemplate } from "./spine.ts";

let cloud: TestCloud;
let cloudformation: CloudFormationClient;
let lambda: LambdaClient;
let ssm: SSMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  cloudformation = cloud.client(CloudFormationClient);
  lambda = cloud.client(LambdaClient);
  ssm = cloud.client(SSMClient);
});

afterAll(() => cloud.stop());

describe("a failed update of an app", () => {
  test("brings the old code, the old configuration and the old alias back", async () => {
    const created = await deploy(cloudformation, "app", spineTemplate(), { ChangeSetType: "CREATE" });
    const outputs = Object.fromEntries(created.Outputs!.map((output) => [output.OutputKey, output.OutputValue!]));
    const broken = spineTemplate({
      code: 'exports.handler = async () => "two"',
      memory: 256,
      version: "2",
      greeting: "bye",
    });
    const resources = broken.Resources as Record<string, unknown>;
    resources.Broken = {
      Type: "AWS::SSM::Parameter",
      DependsOn: "Alias",
      Properties: { Type: "String", Value: "x", Name: "/aws/refused" },
    };
    const stack = await deploy(cloudformation, "app", broken);
    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");

    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: outputs.AliasArn }));
    expect(Payload!.transformToString()).toBe('"one"');
    const latest = await lambda.send(new InvokeCommand({ FunctionName: outputs.FunctionName }));
    expect(latest.Payload!.transformToString()).toBe('"one"');
    const settings = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: outputs.FunctionName }));
    expect(settings.MemorySize).toBe(128);
    expect(settings.Environment!.Variables!.GREETING).toBe("hello");
    const alias = await lambda.send(new GetAliasCommand({ FunctionName: outputs.FunctionName, Name: "live" }));
    expect(alias.FunctionVersion).toBe("1");
  });

  test("emits its events in AWS's order", async () => {
    const lines = eventLines(await eventsOf(cloudformation, "app")).map(withoutIds);
    const from = lines.indexOf("app | UPDATE_IN_PROGRESS | User Initiated");
    expect(lines.slice(from)).toEqual([
      "app | UPDATE_IN_PROGRESS | User Initiated",
      "Function | UPDATE_IN_PROGRESS",
      "Function | UPDATE_COMPLETE",
      "Version2 | CREATE_IN_PROGRESS",
      "Version2 | CREATE_IN_PROGRESS | Resource creation Initiated",
      "Version2 | CREATE_COMPLETE",
      "Alias | UPDATE_IN_PROGRESS",
      "Alias | UPDATE_COMPLETE",
      "Broken | CREATE_IN_PROGRESS",
      expect.stringMatching(
        /^Broken \| CREATE_FAILED \| Resource handler returned message: ".*HandlerErrorCode: \w+\)$/,
      ),
      "app | UPDATE_ROLLBACK_IN_PROGRESS | The following resource(s) failed to create: [Broken]. ",
      "Function | UPDATE_IN_PROGRESS",
      "Function | UPDATE_COMPLETE",
      "Alias | UPDATE_IN_PROGRESS",
      "Alias | UPDATE_COMPLETE",
      "app | UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "Version2 | DELETE_IN_PROGRESS",
      "Version2 | DELETE_COMPLETE",
      "app | UPDATE_ROLLBACK_COMPLETE",
    ]);
  });

  test("can be updated again, and the stack holds what the template says", async () => {
    const stack = await deploy(
      cloudformation,
      "app",
      spineTemplate({ code: 'exports.handler = async () => "three"', version: "3" }),
    );
    expect(stack.StackStatus).toBe("UPDATE_COMPLETE");
    const arn = stack.Outputs!.find((output) => output.OutputKey === "AliasArn")!.OutputValue!;
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: arn }));
    expect(Payload!.transformToString()).toBe('"three"');
  });
});

test("an alias keeps weights that were set elsewhere when a template update does not touch it", async () => {
  const template = spineTemplate();
  const created = await deploy(cloudformation, "weights", template, { ChangeSetType: "CREATE" });
  const FunctionName = created.Outputs!.find((output) => output.OutputKey === "FunctionName")!.OutputValue!;
  const two = spineTemplate({ code: 'exports.handler = async () => "two"' });
  (two.Resources as Record<string, unknown>).Version2 = {
    Type: "AWS::Lambda::Version",
    Properties: { FunctionName: { Ref: "Function" } },
  };
  expect((await deploy(cloudformation, "weights", two)).StackStatus).toBe("UPDATE_COMPLETE");
  await lambda.send(
    new UpdateAliasCommand({ FunctionName, Name: "live", RoutingConfig: { AdditionalVersionWeights: { "2": 0.25 } } }),
  );
  const three = structuredClone(two);
  (three.Resources as { Function: { Properties: { MemorySize: number } } }).Function.Properties.MemorySize = 512;
  expect((await deploy(cloudformation, "weights", three)).StackStatus).toBe("UPDATE_COMPLETE");
  const alias = await lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }));
  expect(alias.RoutingConfig!.AdditionalVersionWeights).toEqual({ "2": 0.25 });
});

test("publishing a version of an unchanged function fails as on AWS", async () => {
  const template = spineTemplate();
  await deploy(cloudformation, "unchanged", template, { ChangeSetType: "CREATE" });
  (template.Resources as Record<string, unknown>).VersionAgain = {
    Type: "AWS::Lambda::Version",
    Properties: { FunctionName: { Ref: "Function" } },
  };
  const stack = await deploy(cloudformation, "unchanged", template);
  expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
  const failed = (await eventsOf(cloudformation, "unchanged")).find(
    (event) => event.ResourceStatus === "CREATE_FAILED",
  )!;
  expect(failed.ResourceStatusReason).toContain("Please modify the function to create a new version.");
  expect(failed.ResourceStatusReason).toContain("HandlerErrorCode: AlreadyExists");
});

describe("a failed creation", () => {
  const template = {
    Resources: {
      First: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: "1" } },
      Kept: {
        Type: "AWS::SSM::Parameter",
        DeletionPolicy: "Retain",
        Properties: { Type: "String", Value: "1", Name: "kept" },
      },
      Gone: {
        Type: "AWS::SSM::Parameter",
        DeletionPolicy: "RetainExceptOnCreate",
        Properties: { Type: "String", Value: "1", Name: "gone" },
      },
      Last: {
        Type: "AWS::SSM::Parameter",
        DependsOn: ["First", "Kept", "Gone"],
        Properties: { Type: "String", Value: "1", Name: "/aws/refused" },
      },
    },
  };

  test("deletes what it created, except resources that the template retains", async () => {
    const stack = await deploy(cloudformation, "failed", template, { ChangeSetType: "CREATE" });
    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    const lines = eventLines(await eventsOf(cloudformation, "failed"));
    expect(lines).toContain(
      "failed | ROLLBACK_IN_PROGRESS | The following resource(s) failed to create: [Last]. Rollback requested by user.",
    );
    expect(lines).toContain("Kept | DELETE_SKIPPED");
    expect(lines).toContain("Gone | DELETE_COMPLETE");
    await ssm.send(new GetParameterCommand({ Name: "kept" }));
    await expect(ssm.send(new GetParameterCommand({ Name: "gone" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
  });

  test("fails when the stack is then updated", async () => {
    const input = { StackName: "failed", TemplateBody: JSON.stringify(template) };
    await expect(cloudformation.send(new UpdateStackCommand(input))).rejects.toThrow(
      /^Stack:arn:aws:cloudformation:us-east-1:\d+:stack\/failed\/[-0-9a-f]+ is in ROLLBACK_COMPLETE state and can not be updated\.$/,
    );
    await expect(cloudformation.send(new CreateChangeSetCommand({ ...input, ChangeSetName: "again" }))).rejects.toThrow(
      "is in ROLLBACK_COMPLETE state and can not be updated.",
    );
  });

  test("leaves everything as it is when rollback is disabled, and continues from there", async () => {
    const changeSet = { ChangeSetType: "CREATE", OnStackFailure: "DO_NOTHING" } as const;
    const broken = structuredClone(template);
    (broken.Resources.Kept.Properties as { Name: string }).Name = "kept-two";
    const stack = await deploy(cloudformation, "stopped", broken, changeSet);
    expect(stack.StackStatus).toBe("CREATE_FAILED");
    broken.Resources.Last.Properties.Name = "last-two";
    expect((await deploy(cloudformation, "stopped", broken)).StackStatus).toBe("UPDATE_COMPLETE");
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "last-two" }));
    expect(Parameter!.Value).toBe("1");
  });

  test("takes the stack away where the change set says DELETE", async () => {
    const broken = structuredClone(template);
    (broken.Resources.Kept.Properties as { Name: string }).Name = "kept-three";
    const stack = await deploy(cloudformation, "vanishing", broken, {
      ChangeSetType: "CREATE",
      OnStackFailure: "DELETE",
    });
    expect(stack.StackStatus).toBe("DELETE_COMPLETE");
  });
});

describe("a rollback that cannot bring a resource back", () => {
  const template = (value: string, broken: boolean) => ({
    Resources: {
      Role: functionRole(),
      Function: {
        Type: "AWS::Lambda::Function",
        Properties: {
          FunctionName: "stuck",
          Code: { ZipFile: "exports.handler = async () => 1" },
          Handler: "index.handler",
          Runtime: "nodejs22.x",
          Description: value,
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
        },
      },
      Wait: {
        Type: "AWS::CloudFormation::WaitConditionHandle",
        DependsOn: "Function",
      },
      ...(broken && {
        Block: {
          Type: "AWS::CloudFormation::WaitCondition",
          DependsOn: "Function",
          Properties: { Handle: { Ref: "Wait" }, Timeout: "600" },
        },
      }),
    },
  });

  test("stops in UPDATE_ROLLBACK_FAILED, and continues with the resource skipped", async () => {
    await deploy(cloudformation, "stuck", template("one", false), { ChangeSetType: "CREATE" });
    const underWay = deploy(cloudformation, "stuck", template("two", true));
    await until(async () => {
      const { StackResources } = await cloudformation.send(new DescribeStackResourcesCommand({ StackName: "stuck" }));
      return StackResources!.some((resource) => resource.LogicalResourceId === "Block");
    });
    await lambda.send(new DeleteFunctionCommand({ FunctionName: "stuck" }));
    await cloud.clock.advance(601_000);
    expect((await underWay).StackStatus).toBe("UPDATE_ROLLBACK_FAILED");
    expect((await settledStack(cloudformation, "stuck")).StackStatusReason).toBe(
      "The following resource(s) failed to update: [Function]. ",
    );

    await expect(
      cloudformation.send(new ContinueUpdateRollbackCommand({ StackName: "stuck", ResourcesToSkip: ["Role"] })),
    ).rejects.toThrow("Resources [Role] are not in UPDATE_FAILED state and cannot be skipped.");
    await cloudformation.send(new ContinueUpdateRollbackCommand({ StackName: "stuck", ResourcesToSkip: ["Function"] }));
    const stack = await settledStack(cloudformation, "stuck");
    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    await cloudformation.send(new DeleteStackCommand({ StackName: "stuck" }));
    expect((await settledStack(cloudformation, stack.StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  });
});

test("siblings of a failed resource are reported as cancelled", async () => {
  await ssm.send(new PutParameterCommand({ Name: "taken", Type: "String", Value: "x" }));
  const template = {
    Resources: {
      Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      Waiting: {
        Type: "AWS::CloudFormation::WaitCondition",
        Properties: { Handle: { Ref: "Handle" }, Timeout: "600" },
      },
      Failing: {
        Type: "AWS::SSM::Parameter",
        DependsOn: "Handle",
        Properties: { Type: "String", Value: "1", Name: "taken" },
      },
    },
  };
  const stack = await deploy(cloudformation, "cancelled", template, { ChangeSetType: "CREATE" });
  expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
  const lines = eventLines(await eventsOf(cloudformation, "cancelled"));
  expect(lines).toContain("Waiting | CREATE_FAILED | Resource creation cancelled");
  expect(lines).toContain(
    "cancelled | ROLLBACK_IN_PROGRESS | The following resource(s) failed to create: [Failing, Waiting]. Rollback requested by user.",
  );
});

function withoutIds(line: string): string {
  return line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>");
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error("It did not come to that.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
