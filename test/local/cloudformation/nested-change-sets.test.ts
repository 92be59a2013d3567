import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  UpdateStackCommand,
  type DescribeChangeSetCommandOutput,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventLines, eventsOf, settledStack } from "./spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "templates" }));
});

afterAll(() => cloud.stop());

const parameter = (Value: unknown, Name?: string) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Type: "String", Value, ...(Name !== undefined && { Name }) },
});

const nested = (key: string, Parameters: object = {}) => ({
  Type: "AWS::CloudFormation::Stack",
  Properties: { TemplateURL: `https://s3.us-east-1.amazonaws.com/templates/${key}`, Parameters },
});

/** Puts a template where nested stacks find it. */
async function putTemplate(Key: string, template: object): Promise<void> {
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new PutObjectCommand({ Bucket: "templates", Key, Body: JSON.stringify(template) }));
}

async function changeSet(StackName: string, template: object, options: object = {}) {
  const { Id } = await client.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName: `c${Math.random().toString(36).slice(2)}`,
      TemplateBody: JSON.stringify(template),
      ...options,
    }),
  );
  return describeSet(Id!);
}

const describeSet = (ChangeSetName: string, IncludePropertyValues = false) =>
  client.send(new DescribeChangeSetCommand({ ChangeSetName, IncludePropertyValues }));

const changesOf = ({ Changes }: DescribeChangeSetCommandOutput) =>
  Object.fromEntries(Changes!.map(({ ResourceChange }) => [ResourceChange!.LogicalResourceId!, ResourceChange!]));

const valueOf = async (Name: string) =>
  (await cloud.client(SSMClient).send(new GetParameterCommand({ Name }))).Parameter!.Value;

const AUTOMATIC = {
  Target: { Attribute: "Properties", RequiresRecreation: "Never" },
  Evaluation: "Dynamic",
  ChangeSource: "Automatic",
};

describe("a change set of a stack whose nested stack does not change", () => {
  const template = {
    Resources: {
      Nested: nested("same.json"),
      Uses: parameter({ "Fn::GetAtt": ["Nested", "Outputs.Name"] }),
      Apart: parameter("x"),
    },
  };

  beforeAll(async () => {
    await putTemplate("same.json", {
      Resources: { A: parameter("a", "same") },
      Outputs: { Name: { Value: { Ref: "A" } } },
    });
    await deploy(client, "unchanged", template, { ChangeSetType: "CREATE" });
  });

  test("lists it as modified all the same, and what reads its outputs", async () => {
    const made = await changeSet("unchanged", template);
    expect(made).toMatchObject({ Status: "CREATE_COMPLETE", ExecutionStatus: "AVAILABLE", IncludeNestedStacks: false });
    const changes = changesOf(made);
    expect(Object.keys(changes)).toEqual(["Nested", "Uses"]);
    expect(changes.Nested).toEqual({
      Action: "Modify",
      LogicalResourceId: "Nested",
      PhysicalResourceId: expect.stringContaining(":stack/unchanged-Nested-"),
      ResourceType: "AWS::CloudFormation::Stack",
      Replacement: "False",
      Scope: ["Properties"],
      Details: [AUTOMATIC],
    });
    expect(changes.Uses!.Details).toEqual([
      {
        Target: { Attribute: "Properties", Name: "Value", RequiresRecreation: "Never" },
        Evaluation: "Dynamic",
        ChangeSource: "ResourceAttribute",
        CausingEntity: "Nested.Outputs.Name",
      },
    ]);
  });

  test("with nested stacks included names a change set of the nested stack, which lists nothing", async () => {
    const root = await changeSet("unchanged", template, { IncludeNestedStacks: true });
    expect(root).toMatchObject({ Status: "CREATE_COMPLETE", ExecutionStatus: "AVAILABLE", IncludeNestedStacks: true });
    expect(root.ParentChangeSetId).toBeUndefined();
    expect(root.RootChangeSetId).toBeUndefined();
    const { Nested } = changesOf(root);
    expect(Nested!.Details).toEqual([AUTOMATIC]);
    const inner = await describeSet(Nested!.ChangeSetId!);
    expect(inner).toMatchObject({
      ChangeSetId: Nested!.ChangeSetId,
      StackId: Nested!.PhysicalResourceId,
      ParentChangeSetId: root.ChangeSetId,
      RootChangeSetId: root.ChangeSetId,
      IncludeNestedStacks: true,
      Status: "CREATE_COMPLETE",
      StatusReason: "Executable from root change set",
      ExecutionStatus: "UNAVAILABLE",
      Changes: [],
    });
    const { Summaries } = await client.send(new ListChangeSetsCommand({ StackName: inner.StackName }));
    expect(Summaries).toMatchObject([{ ChangeSetId: inner.ChangeSetId, RootChangeSetId: root.ChangeSetId }]);
  });

  test("is executed without touching anything in the nested stack", async () => {
    const before = await settledStack(client, "unchanged");
    const { Nested } = changesOf(await changeSet("unchanged", template));
    const inner = Nested!.PhysicalResourceId!;
    const count = (await eventsOf(client, inner)).length;
    expect((await deploy(client, "unchanged", template)).StackStatus).toBe("UPDATE_COMPLETE");
    expect((await settledStack(client, "unchanged")).LastUpdatedTime).not.toEqual(before.LastUpdatedTime);
    expect(await eventsOf(client, inner)).toHaveLength(count);
    const lines = eventLines(await eventsOf(client, "unchanged"));
    expect(lines.slice(lines.lastIndexOf("unchanged | UPDATE_IN_PROGRESS | User Initiated"))).toEqual([
      "unchanged | UPDATE_IN_PROGRESS | User Initiated",
      "Nested | UPDATE_IN_PROGRESS",
      "Nested | UPDATE_COMPLETE",
      "unchanged | UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "unchanged | UPDATE_COMPLETE",
    ]);
  });

  test("takes a template that changed behind the same address, and brings it back when the update fails", async () => {
    await putTemplate("same.json", {
      Resources: { A: parameter("b", "same") },
      Outputs: { Name: { Value: { Ref: "A" } } },
    });
    const broken = {
      Resources: { ...template.Resources, Broken: { ...parameter("x", "/aws/refused"), DependsOn: "Nested" } },
    };
    expect((await deploy(client, "unchanged", broken)).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await valueOf("same")).toBe("a");
    const update = new UpdateStackCommand({ StackName: "unchanged", TemplateBody: JSON.stringify(template) });
    await client.send(update);
    expect((await settledStack(client, "unchanged")).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await valueOf("same")).toBe("b");
  });
});

describe("a change set that includes nested stacks", () => {
  const outer = (Value: string, more: object = {}) => ({
    Resources: { Nested: nested("middle.json", { Value }), ...more },
  });

  beforeAll(async () => {
    await putTemplate("leaf.json", {
      Parameters: { Value: { Type: "String" } },
      Resources: { Leaf: parameter({ Ref: "Value" }, "leaf") },
    });
    await putTemplate("middle.json", {
      Parameters: { Value: { Type: "String" } },
      Resources: { Inner: nested("leaf.json", { Value: { Ref: "Value" } }) },
    });
  });

  test("of a new stack puts every nested stack in review, and its execution makes them", async () => {
    const root = await changeSet("tower", outer("one"), { ChangeSetType: "CREATE", IncludeNestedStacks: true });
    const middle = await describeSet(changesOf(root).Nested!.ChangeSetId!);
    const leaf = await describeSet(changesOf(middle).Inner!.ChangeSetId!);
    expect(changesOf(leaf).Leaf!.Action).toBe("Add");
    expect(leaf).toMatchObject({ ParentChangeSetId: middle.ChangeSetId, RootChangeSetId: root.ChangeSetId });
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: leaf.StackId }));
    expect(Stacks).toMatchObject([
      { StackStatus: "REVIEW_IN_PROGRESS", ParentId: middle.StackId, RootId: root.StackId },
    ]);
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName: root.ChangeSetId }));
    expect((await settledStack(client, "tower")).StackStatus).toBe("CREATE_COMPLETE");
    expect((await settledStack(client, leaf.StackId!)).StackStatus).toBe("CREATE_COMPLETE");
    expect(await valueOf("leaf")).toBe("one");
  });

  test("of a stack shows what changes at every depth", async () => {
    const root = await changeSet("tower", outer("two"), { IncludeNestedStacks: true });
    const { Nested } = changesOf(root);
    expect(Nested!.Details).toEqual([
      {
        Target: { Attribute: "Properties", Name: "Parameters", RequiresRecreation: "Never" },
        Evaluation: "Static",
        ChangeSource: "DirectModification",
      },
      AUTOMATIC,
    ]);
    const middle = await describeSet(Nested!.ChangeSetId!);
    const leaf = await describeSet(changesOf(middle).Inner!.ChangeSetId!, true);
    expect(changesOf(leaf).Leaf!.Details![0]!.Target).toMatchObject({
      Name: "Value",
      BeforeValue: "one",
      AfterValue: "two",
    });
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName: root.ChangeSetId }));
    expect((await settledStack(client, "tower")).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await valueOf("leaf")).toBe("two");
  });

  test("fails with the nested one, which says why", async () => {
    await putTemplate("bad.json", { Resources: { Bad: { Type: "AWS::Nothing::Here" } } });
    const root = await changeSet("tower", outer("two", { Bad: nested("bad.json") }), { IncludeNestedStacks: true });
    const { Bad } = changesOf(root);
    expect(root).toMatchObject({
      Status: "FAILED",
      ExecutionStatus: "UNAVAILABLE",
      StatusReason: `Nested change set ${Bad!.ChangeSetId} was not successfully created: Currently in FAILED.`,
    });
    const bad = await describeSet(Bad!.ChangeSetId!);
    expect(bad.Status).toBe("FAILED");
    expect(bad.StatusReason).toContain("Unrecognized resource types: [AWS::Nothing::Here]");
  });

  test("is executed and deleted as a whole, from its root", async () => {
    const root = await changeSet("tower", outer("two", { New: nested("leaf.json", { Value: "x" }) }), {
      IncludeNestedStacks: true,
    });
    const { Nested, New } = changesOf(root);
    await expect(
      client.send(new ExecuteChangeSetCommand({ ChangeSetName: Nested!.ChangeSetId })),
    ).rejects.toMatchObject({ name: "InvalidChangeSetStatusException" });
    await expect(client.send(new DeleteChangeSetCommand({ ChangeSetName: Nested!.ChangeSetId }))).rejects.toThrow(
      `Delete its root change set [${root.ChangeSetId}] instead`,
    );
    const added = await describeSet(New!.ChangeSetId!);
    await client.send(new DeleteChangeSetCommand({ ChangeSetName: root.ChangeSetId }));
    await expect(describeSet(Nested!.ChangeSetId!)).rejects.toMatchObject({ name: "ChangeSetNotFoundException" });
    await expect(client.send(new DescribeStacksCommand({ StackName: added.StackId }))).rejects.toThrow(
      "does not exist",
    );
  });
});
