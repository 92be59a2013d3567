import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  type CreateChangeSetCommandInput,
  type DescribeChangeSetCommandOutput,
} from "@aws-sdk/client-cloudformation";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, settledStack, spineTemplate } from "./spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
});

afterAll(() => cloud.stop());

let serial = 0;

/** Creates a change set and returns its changes. */
async function plan(
  StackName: string,
  template: unknown,
  options: Partial<CreateChangeSetCommandInput> = {},
  withValues = false,
): Promise<DescribeChangeSetCommandOutput> {
  const ChangeSetName = `plan${serial++}`;
  const TemplateBody = options.UsePreviousTemplate ? undefined : JSON.stringify(template);
  await client.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      TemplateBody,
      Capabilities: ["CAPABILITY_IAM"],
      ...options,
    }),
  );
  return client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName, IncludePropertyValues: withValues }));
}

/** The changes in short: action, id, replacement, and each detail. */
function brief(told: DescribeChangeSetCommandOutput): string[] {
  return (told.Changes ?? []).flatMap(({ ResourceChange: change }) => [
    [change!.Action, change!.LogicalResourceId, change!.Replacement, change!.PolicyAction].filter(Boolean).join(" "),
    ...(change!.Details ?? []).map(({ Target, Evaluation, ChangeSource, CausingEntity }) =>
      ["  ", ChangeSource, Evaluation, Target!.Attribute, Target!.Name, Target!.RequiresRecreation, CausingEntity]
        .filter(Boolean)
        .join(" "),
    ),
  ]);
}

const value = (Value: unknown, more: object = {}) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Type: "String", Value, ...more },
});

describe("a change set of a new stack", () => {
  const template = { Resources: { A: value("one"), B: value({ Ref: "A" }) } };

  test("puts the stack in review, and adds every resource", async () => {
    const told = await plan("new", template, { ChangeSetType: "CREATE" });
    expect(told).toMatchObject({
      Status: "CREATE_COMPLETE",
      ExecutionStatus: "AVAILABLE",
      StackName: "new",
      RollbackConfiguration: {},
    });
    expect(told.Changes).toEqual([
      {
        Type: "Resource",
        ResourceChange: {
          Action: "Add",
          Details: [],
          LogicalResourceId: "A",
          ResourceType: "AWS::SSM::Parameter",
          Scope: [],
        },
      },
      {
        Type: "Resource",
        ResourceChange: {
          Action: "Add",
          Details: [],
          LogicalResourceId: "B",
          ResourceType: "AWS::SSM::Parameter",
          Scope: [],
        },
      },
    ]);
    const [stack] = (await client.send(new DescribeStacksCommand({ StackName: "new" }))).Stacks!;
    expect(stack).toMatchObject({ StackStatus: "REVIEW_IN_PROGRESS", StackStatusReason: "User Initiated", Tags: [] });
  });

  test("marks values that are known only after it was applied", async () => {
    const told = await plan("new", template, { ChangeSetType: "CREATE" }, true);
    expect(told.Changes!.map((change) => JSON.parse(change.ResourceChange!.AfterContext!))).toEqual([
      { Properties: { Type: "String", Value: "one" } },
      { Properties: { Type: "String", Value: "{{changeSet:KNOWN_AFTER_APPLY}}" } },
    ]);
  });

  test("makes the other change sets obsolete when it is executed", async () => {
    const { Summaries } = await client.send(new ListChangeSetsCommand({ StackName: "new" }));
    expect(Summaries!.map((summary) => summary.ExecutionStatus)).toEqual(["AVAILABLE", "AVAILABLE"]);
    const [first, second] = Summaries!;
    const execution = { ChangeSetName: first!.ChangeSetId, ClientRequestToken: "once" };
    await client.send(new ExecuteChangeSetCommand(execution));
    await client.send(new ExecuteChangeSetCommand(execution));
    await settledStack(client, "new");
    const told = await client.send(new DescribeChangeSetCommand({ ChangeSetName: first!.ChangeSetId }));
    expect(told.ExecutionStatus).toBe("EXECUTE_COMPLETE");
    await expect(
      client.send(new ExecuteChangeSetCommand({ ChangeSetName: second!.ChangeSetId })),
    ).rejects.toMatchObject({
      name: "InvalidChangeSetStatusException",
      message: `ChangeSet [${second!.ChangeSetId}] cannot be executed in its current status of [OBSOLETE]`,
    });
    await client.send(new DeleteChangeSetCommand({ ChangeSetName: second!.ChangeSetId }));
    await expect(
      client.send(new DescribeChangeSetCommand({ ChangeSetName: second!.ChangeSetId })),
    ).rejects.toMatchObject({
      name: "ChangeSetNotFoundException",
      message: `ChangeSet [${second!.ChangeSetId}] does not exist`,
    });
  });

  test("fails when the stack is there already", async () => {
    await expect(plan("new", template, { ChangeSetType: "CREATE" })).rejects.toThrow(
      /^Stack \[new\] already exists and cannot be created again with the changeSet \[plan\d+\]\.$/,
    );
  });
});

describe("a change set of a stack", () => {
  test("ends FAILED and UNAVAILABLE when nothing changes, and cannot be executed", async () => {
    const template = { Resources: { A: value("one") } };
    await deploy(client, "same", template, { ChangeSetType: "CREATE" });
    const told = await plan("same", template);
    expect(told).toMatchObject({
      Status: "FAILED",
      ExecutionStatus: "UNAVAILABLE",
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
      Changes: [],
    });
    await expect(client.send(new ExecuteChangeSetCommand({ ChangeSetName: told.ChangeSetId }))).rejects.toMatchObject({
      name: "InvalidChangeSetStatusException",
      message: `ChangeSet [${told.ChangeSetId}] cannot be executed in its current status of [FAILED]`,
    });
  });

  test("counts a changed output as a change", async () => {
    const told = await plan("same", { Resources: { A: value("one") }, Outputs: { O: { Value: { Ref: "A" } } } });
    expect(told).toMatchObject({ Status: "CREATE_COMPLETE", ExecutionStatus: "AVAILABLE" });
    expect(told.Changes ?? []).toEqual([]);
  });

  test("lists modified, replaced, removed and added resources with the reasons", async () => {
    const before = {
      Parameters: { P: { Type: "String", Default: "p" } },
      Resources: {
        Direct: value("one"),
        Named: value("x", { Name: "named-one" }),
        ByRef: value({ Ref: "Named" }),
        ByAttribute: value({ "Fn::GetAtt": ["Direct", "Value"] }),
        ByParameter: value({ Ref: "P" }),
        Gone: value("x"),
        Kept: { ...value("x"), DeletionPolicy: "Retain" },
      },
    };
    await deploy(client, "many", before, { ChangeSetType: "CREATE" });
    const after = {
      ...before,
      Resources: {
        Direct: value("two"),
        Named: value("x", { Name: "named-two" }),
        ByRef: before.Resources.ByRef,
        ByAttribute: before.Resources.ByAttribute,
        ByParameter: before.Resources.ByParameter,
        Fresh: value("x"),
      },
    };
    const Parameters = [{ ParameterKey: "P", ParameterValue: "q" }];
    expect(brief(await plan("many", after, { Parameters }))).toEqual([
      "Modify ByAttribute False",
      "   ResourceAttribute Dynamic Properties Value Never Direct.Value",
      "Modify ByParameter False",
      "   ParameterReference Static Properties Value Never P",
      "   DirectModification Dynamic Properties Value Never",
      "Modify ByRef False",
      "   ResourceReference Static Properties Value Never Named",
      "Modify Direct False",
      "   DirectModification Static Properties Value Never",
      "Add Fresh",
      "Remove Gone Delete",
      "Remove Kept Retain",
      "Modify Named True ReplaceAndDelete",
      "   DirectModification Static Properties Name Always",
    ]);
    const told = await plan("many", after, { Parameters }, true);
    const byRef = told.Changes!.find((change) => change.ResourceChange!.LogicalResourceId === "ByRef")!.ResourceChange!;
    expect(
      byRef.Details!.map((detail) => [
        detail.ChangeSource,
        detail.Evaluation,
        detail.Target!.BeforeValue,
        detail.Target!.AfterValue,
      ]),
    ).toEqual([
      ["DirectModification", "Dynamic", "named-one", "{{changeSet:KNOWN_AFTER_APPLY}}"],
      ["ResourceReference", "Static", "named-one", "{{changeSet:KNOWN_AFTER_APPLY}}"],
    ]);
    const direct = told.Changes!.find(
      (change) => change.ResourceChange!.LogicalResourceId === "Direct",
    )!.ResourceChange!;
    expect(direct.Details![0]!.Target).toEqual({
      Attribute: "Properties",
      Name: "Value",
      RequiresRecreation: "Never",
      Path: "/Properties/Value",
      BeforeValue: "one",
      AfterValue: "two",
      AttributeChangeType: "Modify",
    });
    expect(JSON.parse(direct.BeforeContext!)).toEqual({ Properties: { Type: "String", Value: "one" } });
    expect(told.Changes!.some((change) => change.ResourceChange!.LogicalResourceId === "ByAttribute")).toBe(false);
  });

  test("shows exactly the alias when a parameter moves only its version", async () => {
    const template = spineTemplate();
    template.Parameters = { Live: { Type: "String", Default: "1" } };
    const resources = template.Resources as { Alias: { DependsOn?: string; Properties: Record<string, unknown> } };
    resources.Alias.Properties.FunctionVersion = { Ref: "Live" };
    resources.Alias.DependsOn = "Version1";
    await deploy(client, "alias", template, { ChangeSetType: "CREATE" });
    const told = await plan("alias", undefined, {
      UsePreviousTemplate: true,
      Parameters: [{ ParameterKey: "Live", ParameterValue: "2" }],
    });
    expect(brief(told)).toEqual([
      "Modify Alias False",
      "   ParameterReference Static Properties FunctionVersion Never Live",
      "   DirectModification Dynamic Properties FunctionVersion Never",
    ]);
  });

  test("takes the previous template and previous values", async () => {
    const template = {
      Parameters: { A: { Type: "String" }, B: { Type: "String" } },
      Resources: { R: value({ "Fn::Sub": "${A}${B}" }) },
    };
    const given = (ParameterKey: string, ParameterValue: string) => ({ ParameterKey, ParameterValue });
    await deploy(client, "previous", template, {
      ChangeSetType: "CREATE",
      Parameters: [given("A", "1"), given("B", "2")],
    });
    const told = await plan("previous", undefined, {
      UsePreviousTemplate: true,
      Parameters: [{ ParameterKey: "A", UsePreviousValue: true }, given("B", "3")],
    });
    expect(told.Parameters).toEqual([given("A", "1"), given("B", "3")]);
  });

  test("notices that a parameter of the parameter store has changed", async () => {
    const ssm = cloud.client(SSMClient);
    await ssm.send(new PutParameterCommand({ Name: "/looked/up", Type: "String", Value: "before" }));
    const template = {
      Parameters: { P: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/looked/up" } },
      Resources: { R: value({ Ref: "P" }) },
    };
    await deploy(client, "lookup", template, { ChangeSetType: "CREATE" });
    await ssm.send(new PutParameterCommand({ Name: "/looked/up", Type: "String", Value: "after", Overwrite: true }));
    const told = await plan("lookup", template);
    expect(told.Parameters).toEqual([{ ParameterKey: "P", ParameterValue: "/looked/up", ResolvedValue: "after" }]);
    expect(brief(told)).toEqual(["Modify R False", "   DirectModification Static Properties Value Never"]);
  });

  test("hides secret parameters", async () => {
    const template = {
      Parameters: { S: { Type: "String", NoEcho: true, Default: "secret" } },
      Resources: { R: value({ Ref: "S" }) },
    };
    const told = await plan("hidden", template, { ChangeSetType: "CREATE" });
    expect(told.Parameters).toEqual([{ ParameterKey: "S", ParameterValue: "****" }]);
  });
});

describe("a change set is refused when", () => {
  test("a type is not supported: all such types by name, and nothing is made", async () => {
    const template = {
      Resources: {
        Db: { Type: "AWS::RDS::DBInstance" },
        Cdn: { Type: "AWS::CloudFront::Distribution" },
        Other: { Type: "AWS::RDS::DBInstance" },
      },
    };
    await expect(plan("alien", template, { ChangeSetType: "CREATE" })).rejects.toThrow(
      "Template format error: Unrecognized resource types: [AWS::CloudFront::Distribution, AWS::RDS::DBInstance]. The local cloud does not support AWS::CloudFront::Distribution (Cdn), AWS::RDS::DBInstance (Db, Other).",
    );
    await expect(client.send(new DescribeStacksCommand({ StackName: "alien" }))).rejects.toThrow(
      "Stack with id alien does not exist",
    );
  });

  test("capabilities are missing", async () => {
    await expect(plan("iam", spineTemplate(), { ChangeSetType: "CREATE", Capabilities: [] })).rejects.toMatchObject({
      name: "InsufficientCapabilitiesException",
      message: "Requires capabilities : [CAPABILITY_IAM]",
    });
  });

  test("it would import resources", async () => {
    await expect(plan("import", {}, { ChangeSetType: "IMPORT" })).rejects.toThrow(
      "Change sets of type IMPORT are not supported by the local cloud",
    );
  });

  test("it names a stack that is not there", async () => {
    await expect(plan("nostack", { Resources: { A: value("x") } })).rejects.toThrow("Stack [nostack] does not exist");
    await expect(client.send(new DeleteChangeSetCommand({ ChangeSetName: "x", StackName: "nostack" }))).rejects.toThrow(
      "Stack [nostack] does not exist",
    );
    await expect(client.send(new DeleteChangeSetCommand({ ChangeSetName: "x" }))).rejects.toThrow(
      "StackName must be specified if ChangeSetName is not specified as an ARN.",
    );
  });

  test("a rule's assertion does not hold", async () => {
    const template = {
      Parameters: { V: { Type: "String", Default: "3" } },
      Rules: {
        Check: {
          Assertions: [
            {
              Assert: { "Fn::Not": [{ "Fn::Contains": [["1", "2", "3"], { Ref: "V" }] }] },
              AssertDescription: "version 6 required",
            },
          ],
        },
      },
      Resources: { A: value("x") },
    };
    await expect(plan("ruled", template, { ChangeSetType: "CREATE" })).rejects.toThrow("version 6 required");
    const Parameters = [{ ParameterKey: "V", ParameterValue: "6" }];
    expect((await plan("ruled", template, { ChangeSetType: "CREATE", Parameters })).Status).toBe("CREATE_COMPLETE");
  });
});
