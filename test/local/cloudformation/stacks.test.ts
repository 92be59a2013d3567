import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CancelUpdateStackCommand,
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetStackPolicyCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  RollbackStackCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventLines, eventsOf, settledStack } from "./spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;
let ssm: SSMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
  ssm = cloud.client(SSMClient);
});

afterAll(() => cloud.stop());

const value = (Value: unknown, more: object = {}) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Type: "String", Value, ...more },
});

async function create(StackName: string, template: unknown, more: object = {}) {
  const { StackId } = await client.send(
    new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template), ...more }),
  );
  return settledStack(client, StackId!);
}

async function update(StackName: string, template: unknown, more: object = {}) {
  const { StackId } = await client.send(
    new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template), ...more }),
  );
  return settledStack(client, StackId!);
}

const valueOf = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter!.Value;

describe("a stack", () => {
  test("is described with AWS's members", async () => {
    const template = {
      Description: "test <env>.test.net",
      Parameters: { P: { Type: "String", Default: "p" } },
      Resources: { A: value({ Ref: "P" }) },
      Outputs: { O: { Value: { Ref: "A" }, Description: "the name" } },
    };
    const stack = await create("described", template, {
      Tags: [{ Key: "team", Value: "blue" }],
      Capabilities: ["CAPABILITY_IAM"],
    });
    expect(stack).toEqual({
      StackId: expect.stringMatching(/^arn:aws:cloudformation:us-east-1:000000000000:stack\/described\/[-0-9a-f]{36}$/),
      StackName: "described",
      Description: "test <env>.test.net",
      Parameters: [{ ParameterKey: "P", ParameterValue: "p" }],
      CreationTime: expect.any(Date),
      RollbackConfiguration: {},
      StackStatus: "CREATE_COMPLETE",
      DisableRollback: false,
      NotificationARNs: [],
      Capabilities: ["CAPABILITY_IAM"],
      Outputs: [{ OutputKey: "O", OutputValue: expect.stringMatching(/^CFN-A-\w{12}$/), Description: "the name" }],
      Tags: [{ Key: "team", Value: "blue" }],
      EnableTerminationProtection: false,
      DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
    });
  });

  test("returns its resources and its template", async () => {
    const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: "described" }));
    const resource = {
      LogicalResourceId: "A",
      PhysicalResourceId: expect.stringMatching(/^CFN-A-/),
      ResourceType: "AWS::SSM::Parameter",
      ResourceStatus: "CREATE_COMPLETE",
      DriftInformation: { StackResourceDriftStatus: "NOT_CHECKED" },
    };
    const own = { StackName: "described", StackId: expect.any(String) };
    expect(StackResources).toEqual([{ ...resource, ...own, Timestamp: expect.any(Date) }]);
    const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand({ StackName: "described" }));
    expect(StackResourceSummaries).toEqual([{ ...resource, LastUpdatedTimestamp: expect.any(Date) }]);
    const { StackResourceDetail } = await client.send(
      new DescribeStackResourceCommand({ StackName: "described", LogicalResourceId: "A" }),
    );
    expect(StackResourceDetail).toEqual({
      ...resource,
      ...own,
      LastUpdatedTimestamp: expect.any(Date),
      Metadata: "{}",
    });
    const { TemplateBody, StagesAvailable } = await client.send(new GetTemplateCommand({ StackName: "described" }));
    expect(JSON.parse(TemplateBody!)).toMatchObject({ Description: "test <env>.test.net" });
    expect(StagesAvailable).toEqual(["Original", "Processed"]);
  });

  test("is gone by name once deleted, and still described by its ARN", async () => {
    const { StackId } = await settledStack(client, "described");
    await client.send(new DeleteStackCommand({ StackName: "described" }));
    const deleted = await settledStack(client, StackId!);
    expect(deleted).toMatchObject({ StackStatus: "DELETE_COMPLETE", DeletionTime: expect.any(Date) });
    expect(deleted.EnableTerminationProtection).toBeUndefined();
    await expect(client.send(new DescribeStacksCommand({ StackName: "described" }))).rejects.toThrow(
      "Stack with id described does not exist",
    );
    await expect(client.send(new DescribeStackEventsCommand({ StackName: "described" }))).rejects.toThrow(
      "Stack [described] does not exist",
    );
    await expect(
      client.send(new DescribeStackResourceCommand({ StackName: "described", LogicalResourceId: "A" })),
    ).rejects.toThrow("Stack 'described' does not exist");
    const { StackSummaries } = await client.send(new ListStacksCommand({ StackStatusFilter: ["DELETE_COMPLETE"] }));
    expect(StackSummaries!.map((summary) => summary.StackName)).toContain("described");
    await expect(update("described", {})).rejects.toThrow("Stack [described] does not exist");
    expect((await create("described", { Resources: { A: value("again") } })).StackStatus).toBe("CREATE_COMPLETE");
  });

  test("fails when its name is taken or invalid", async () => {
    await expect(create("described", { Resources: { A: value("x") } })).rejects.toMatchObject({
      name: "AlreadyExistsException",
      message: "Stack [described] already exists",
    });
    await expect(create("*@da591fa3_$", {})).rejects.toThrow(
      "1 validation error detected: Value '*@da591fa3_$' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*",
    );
  });

  test("is created once by simultaneous requests", async () => {
    const input = { StackName: "raced", TemplateBody: JSON.stringify({ Resources: { A: value("x") } }) };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => client.send(new CreateStackCommand(input))),
    );
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    const { StackSummaries } = await client.send(new ListStacksCommand({}));
    expect(StackSummaries!.filter((summary) => summary.StackName === "raced")).toHaveLength(1);
  });

  test("fails when an update changes nothing", async () => {
    await expect(update("described", { Resources: { A: value("again") } })).rejects.toThrow(
      "No updates are to be performed.",
    );
  });

  test("pages its events, newest first", async () => {
    const Resources = Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`P${index}`, value(String(index))]));
    await create("paged", { Resources });
    const first = await client.send(new DescribeStackEventsCommand({ StackName: "paged" }));
    expect(first.StackEvents).toHaveLength(100);
    expect(first.StackEvents![0]).toMatchObject({ LogicalResourceId: "paged", ResourceStatus: "CREATE_COMPLETE" });
    const all = await eventsOf(client, "paged");
    expect(all).toHaveLength(2 + 45 * 3);
    const times = all.map((event) => event.Timestamp!.getTime());
    expect(new Set(times).size).toBe(times.length);
    expect(all[0]).toMatchObject({
      ResourceStatus: "CREATE_IN_PROGRESS",
      ResourceStatusReason: "User Initiated",
      ResourceType: "AWS::CloudFormation::Stack",
    });
  });

  test("carries the request's token in its events", async () => {
    await create("tokened", { Resources: { A: value("x") } }, { ClientRequestToken: "my-token" });
    expect((await eventsOf(client, "tokened")).map((event) => event.ClientRequestToken)).toEqual(
      Array(5).fill("my-token"),
    );
  });

  test("is not deleted while termination protection is on", async () => {
    await client.send(
      new UpdateTerminationProtectionCommand({ StackName: "described", EnableTerminationProtection: true }),
    );
    await expect(client.send(new DeleteStackCommand({ StackName: "described" }))).rejects.toThrow(
      "Stack [described] cannot be deleted while TerminationProtection is enabled",
    );
    await client.send(
      new UpdateTerminationProtectionCommand({ StackName: "described", EnableTerminationProtection: false }),
    );
  });

  test("keeps a stack policy, and refuses one that is none", async () => {
    const StackPolicyBody =
      '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}';
    await client.send(new SetStackPolicyCommand({ StackName: "described", StackPolicyBody }));
    expect(await client.send(new GetStackPolicyCommand({ StackName: "described" }))).toMatchObject({ StackPolicyBody });
    const bad = StackPolicyBody.replace('"Principal": "*"', '"Principal": "arn:aws:iam::1:root"');
    await expect(
      client.send(new SetStackPolicyCommand({ StackName: "described", StackPolicyBody: bad })),
    ).rejects.toThrow("Error validating stack policy: Invalid stack policy");
  });
});

describe("an update", () => {
  test("makes the new resource, moves what depends on it, and then takes the old one away", async () => {
    const template = (Name: string) => ({
      Resources: { Named: value("x", { Name }), Dependent: value({ Ref: "Named" }, { Name: "dependent" }) },
    });
    await create("replacing", template("old-name"));
    expect((await update("replacing", template("new-name"))).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await valueOf("dependent")).toBe("new-name");
    await expect(valueOf("old-name")).rejects.toMatchObject({ name: "ParameterNotFound" });
    const events = await eventsOf(client, "replacing");
    const from = events.findIndex((event) => event.ResourceStatus === "UPDATE_IN_PROGRESS");
    expect(
      events.slice(from).map((event) => `${eventLines([event])[0]} (${event.PhysicalResourceId!.split("/")[0]})`),
    ).toEqual([
      "replacing | UPDATE_IN_PROGRESS | User Initiated (arn:aws:cloudformation:us-east-1:000000000000:stack)",
      "Named | UPDATE_IN_PROGRESS | Requested update requires the creation of a new physical resource; hence creating one. (old-name)",
      "Named | UPDATE_IN_PROGRESS | Resource creation Initiated (new-name)",
      "Named | UPDATE_COMPLETE (new-name)",
      "Dependent | UPDATE_IN_PROGRESS (dependent)",
      "Dependent | UPDATE_COMPLETE (dependent)",
      "replacing | UPDATE_COMPLETE_CLEANUP_IN_PROGRESS (arn:aws:cloudformation:us-east-1:000000000000:stack)",
      "Named | DELETE_IN_PROGRESS (old-name)",
      "Named | DELETE_COMPLETE (old-name)",
      "replacing | UPDATE_COMPLETE (arn:aws:cloudformation:us-east-1:000000000000:stack)",
    ]);
  });

  test("keeps the replaced resource where UpdateReplacePolicy says Retain, and the removed one where DeletionPolicy does", async () => {
    const named = (Name: string) => ({ ...value("x", { Name }), UpdateReplacePolicy: "Retain" });
    const kept = { ...value("x", { Name: "kept-one" }), DeletionPolicy: "Retain" };
    await create("retaining", { Resources: { Named: named("retained-one"), Kept: kept } });
    await update("retaining", { Resources: { Named: named("retained-two") } });
    expect(await valueOf("retained-one")).toBe("x");
    expect(await valueOf("kept-one")).toBe("x");
    const lines = eventLines(await eventsOf(client, "retaining"));
    expect(lines.filter((line) => line.includes("DELETE")).sort()).toEqual([
      "Kept | DELETE_SKIPPED",
      "Named | DELETE_SKIPPED",
    ]);
  });

  test("fails when it changes a resource's type", async () => {
    await create("typed", { Resources: { A: value("x") } });
    await expect(update("typed", { Resources: { A: { Type: "AWS::Logs::LogGroup" } } })).rejects.toThrow(
      "Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]",
    );
  });

  test("carries the stack's new tags to resources that take tags", async () => {
    const template = { Resources: { Group: { Type: "AWS::Logs::LogGroup" } } };
    await create("tagged", template, { Tags: [{ Key: "a", Value: "1" }] });
    expect((await update("tagged", template, { Tags: [{ Key: "a", Value: "2" }] })).StackStatus).toBe(
      "UPDATE_COMPLETE",
    );
    expect(eventLines(await eventsOf(client, "tagged"))).toContain("Group | UPDATE_COMPLETE");
  });

  test("takes a rollback configuration alone, once", async () => {
    const template = { Resources: { A: value("x") } };
    await create("monitored", template);
    const RollbackConfiguration = { MonitoringTimeInMinutes: 5, RollbackTriggers: [] };
    const stack = await update("monitored", template, { RollbackConfiguration });
    expect(stack).toMatchObject({ StackStatus: "UPDATE_COMPLETE", RollbackConfiguration });
    await expect(update("monitored", template, { RollbackConfiguration })).rejects.toThrow(
      "No updates are to be performed.",
    );
  });

  test("is cancelled and rolled back on demand", async () => {
    await create("halting", { Resources: { A: value("one", { Name: "halted" }) } });
    const Resources = {
      A: value("two", { Name: "halted" }),
      Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      Wait: {
        Type: "AWS::CloudFormation::WaitCondition",
        DependsOn: "A",
        Properties: { Handle: { Ref: "Handle" }, Timeout: "900" },
      },
    };
    await client.send(new UpdateStackCommand({ StackName: "halting", TemplateBody: JSON.stringify({ Resources }) }));
    await until(async () => (await valueOf("halted")) === "two");
    await client.send(new CancelUpdateStackCommand({ StackName: "halting" }));
    expect((await settledStack(client, "halting")).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await valueOf("halted")).toBe("one");
    await expect(client.send(new CancelUpdateStackCommand({ StackName: "halting" }))).rejects.toThrow(
      "CancelUpdateStack cannot be called from current stack status",
    );
  });

  test("stays where it failed when rollback is disabled, and is rolled back on demand", async () => {
    const template = (Value: string, Name: string) => ({
      Resources: { A: value(Value, { Name: "resting" }), B: { ...value("x", { Name }), DependsOn: "A" } },
    });
    await create("resting", template("one", "resting-b"));
    const failed = await update("resting", template("two", "/aws/refused"), { DisableRollback: true });
    expect(failed.StackStatus).toBe("UPDATE_FAILED");
    expect(await valueOf("resting")).toBe("two");
    await client.send(new RollbackStackCommand({ StackName: "resting" }));
    expect((await settledStack(client, "resting")).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await valueOf("resting")).toBe("one");
    expect(await valueOf("resting-b")).toBe("x");
  });
});

describe("parameters of an update", () => {
  const template = {
    Parameters: { Pin: { Type: "String", Default: "default" } },
    Resources: { A: value({ Ref: "Pin" }, { Name: "pinned" }) },
  };
  const withAnother = (Value: string) => ({
    ...template,
    Resources: { ...template.Resources, Other: value(Value, { Name: "pinned-other" }) },
  });
  const give = (parameter: object) => ({ Parameters: [{ ParameterKey: "Pin", ...parameter }] });

  test("that leaves one out take the template's default, and with UsePreviousValue keep the last value", async () => {
    await create("pins", template, give({ ParameterValue: "given" }));
    await update("pins", withAnother("1"), give({ UsePreviousValue: true }));
    expect(await valueOf("pinned")).toBe("given");
    await update("pins", withAnother("2"));
    expect(await valueOf("pinned")).toBe("default");
  });

  test("fail when they give both a value and UsePreviousValue, or neither", async () => {
    const next = withAnother("3");
    await expect(update("pins", next, give({ ParameterValue: "x", UsePreviousValue: true }))).rejects.toThrow(
      "Invalid input for parameter key Pin. Cannot specify usePreviousValue as true and non empty value for a parameter",
    );
    await expect(update("pins", next, give({}))).rejects.toThrow(
      "Invalid input for parameter key Pin. Need to specify either usePreviousValue as true or a value",
    );
  });
});

describe("properties", () => {
  test("are refused by the type's schema before anything is made", async () => {
    const Resources = {
      Fine: value("x", { Name: "never-made" }),
      Missing: { Type: "AWS::SSM::Parameter", Properties: { Value: "abc123" } },
      Strange: value("x", { Strange: 1 }),
      Wrong: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: "soon" } },
    };
    const stack = await create("schemed", { Resources });
    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    expect(eventLines(await eventsOf(client, "schemed"))).toEqual([
      "schemed | CREATE_IN_PROGRESS | User Initiated",
      "Missing | CREATE_FAILED | Property validation failure: [The property {/Type} is required]",
      "Strange | CREATE_FAILED | Property validation failure: [Encountered unsupported properties in {/}: [Strange]]",
      "Wrong | CREATE_FAILED | Property validation failure: [Value of property {/RetentionInDays} does not match type {Integer}]",
      "schemed | ROLLBACK_IN_PROGRESS | The following resource(s) failed to create: [Missing, Strange, Wrong]. Rollback requested by user.",
      "schemed | ROLLBACK_COMPLETE",
    ]);
  });

  test("come in the schema's types: text for numbers and booleans", async () => {
    const stack = await create("coerced", {
      Resources: { Group: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: "7" } }, Number: value(17) },
    });
    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
  });

  test("take parameters of the parameter store by dynamic reference", async () => {
    await create("source", { Resources: { A: value("looked up", { Name: "/dynamic/source" }) } });
    await create("dynamic", {
      Resources: { A: value("[{{resolve:ssm:/dynamic/source}}]", { Name: "dynamic-target" }) },
    });
    expect(await valueOf("dynamic-target")).toBe("[looked up]");
    const broken = await create("undynamic", { Resources: { A: value("{{resolve:ssm:/dynamic/none}}") } });
    expect(broken.StackStatus).toBe("ROLLBACK_COMPLETE");
  });
});

describe("exports", () => {
  test("are listed, imported, and protected while in use", async () => {
    const exporting = (Value: string, Name = "shared-name") => ({
      Resources: { A: value("x") },
      Outputs: { O: { Value, Export: { Name } } },
    });
    await create("exporter", exporting("v1"));
    const { Exports } = await client.send(new ListExportsCommand({}));
    expect(Exports).toEqual([
      { ExportingStackId: expect.stringContaining(":stack/exporter/"), Name: "shared-name", Value: "v1" },
    ]);
    await expect(client.send(new ListImportsCommand({ ExportName: "shared-name" }))).rejects.toThrow(
      "Export 'shared-name' is not imported by any stack.",
    );
    await create("importer", { Resources: { A: value({ "Fn::ImportValue": "shared-name" }, { Name: "imported" }) } });
    expect(await valueOf("imported")).toBe("v1");
    expect((await client.send(new ListImportsCommand({ ExportName: "shared-name" }))).Imports).toEqual(["importer"]);

    const changed = await update("exporter", exporting("v2"));
    expect(changed.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(eventLines(await eventsOf(client, "exporter"))).toContain(
      "exporter | UPDATE_ROLLBACK_IN_PROGRESS | Export shared-name cannot be updated as it is in use by importer",
    );
    await expect(client.send(new DeleteStackCommand({ StackName: "exporter" }))).rejects.toThrow(
      "Export shared-name cannot be deleted as it is in use by importer",
    );
  });

  test("are unique in a region", async () => {
    const second = await create("second", {
      Resources: { A: value("x") },
      Outputs: { O: { Value: "x", Export: { Name: "shared-name" } } },
    });
    expect(second.StackStatus).toBe("ROLLBACK_COMPLETE");
    expect(eventLines(await eventsOf(client, "second"))).toContain(
      "second | ROLLBACK_IN_PROGRESS | Export with name shared-name is already exported by stack exporter. Rollback requested by user.",
    );
  });

  test("fail the resource when there is none of a name", async () => {
    const stack = await create("lost", { Resources: { A: value({ "Fn::ImportValue": "missing" }) } });
    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    expect(eventLines(await eventsOf(client, "lost")).join("\n")).toContain("No export named missing found");
  });
});

describe("a deletion", () => {
  test("fails with a reason, and continues without the resources that are to be retained", async () => {
    const Resources = {
      Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "not-empty-bucket" } },
      A: value("x"),
    };
    const { StackId } = await create("full", { Resources });
    const { S3Client, PutObjectCommand } = await import("@aws-sdk/client-s3");
    await cloud
      .client(S3Client, { forcePathStyle: true })
      .send(new PutObjectCommand({ Bucket: "not-empty-bucket", Key: "k", Body: "x" }));
    await client.send(new DeleteStackCommand({ StackName: "full" }));
    const failed = await settledStack(client, StackId!);
    expect(failed).toMatchObject({
      StackStatus: "DELETE_FAILED",
      StackStatusReason: "The following resource(s) failed to delete: [Bucket]. ",
    });
    await client.send(new DeleteStackCommand({ StackName: "full", RetainResources: ["Bucket"] }));
    expect((await settledStack(client, StackId!)).StackStatus).toBe("DELETE_COMPLETE");
    expect(eventLines(await eventsOf(client, StackId!))).toContain("Bucket | DELETE_SKIPPED");
  });

  test("cancels a creation that is under way", async () => {
    const Resources = {
      Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      Wait: { Type: "AWS::CloudFormation::WaitCondition", Properties: { Handle: { Ref: "Handle" }, Timeout: "900" } },
    };
    const { StackId } = await client.send(
      new CreateStackCommand({ StackName: "begun", TemplateBody: JSON.stringify({ Resources }) }),
    );
    await client.send(new DeleteStackCommand({ StackName: "begun" }));
    expect((await settledStack(client, StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  });
});

test("kept types have ids and attributes, and say that they have no effect", async () => {
  const Resources = {
    Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
    Subnet: {
      Type: "AWS::EC2::Subnet",
      Properties: {
        VpcId: { Ref: "Vpc" },
        CidrBlock: { "Fn::Select": [0, { "Fn::Cidr": [{ "Fn::GetAtt": ["Vpc", "CidrBlock"] }, 2, 8] }] },
      },
    },
    Group: { Type: "AWS::EC2::SecurityGroup", Properties: { GroupDescription: "d", VpcId: { Ref: "Vpc" } } },
  };
  const Outputs = {
    Vpc: { Value: { Ref: "Vpc" } },
    Subnet: { Value: { "Fn::GetAtt": ["Subnet", "CidrBlock"] } },
    Group: { Value: { "Fn::GetAtt": ["Group", "GroupId"] } },
  };
  const stack = await create("network", { Resources, Outputs });
  expect(stack.StackStatus).toBe("CREATE_COMPLETE");
  expect(Object.fromEntries(stack.Outputs!.map((output) => [output.OutputKey, output.OutputValue]))).toEqual({
    Vpc: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
    Subnet: "10.0.0.0/24",
    Group: expect.stringMatching(/^sg-[0-9a-f]{17}$/),
  });
  expect(eventLines(await eventsOf(client, "network"))).toContain(
    "Vpc | CREATE_COMPLETE | Kept, no effect in the local cloud.",
  );
});

test("a creation is rolled back after its timeout, in the cloud's time", async () => {
  const Resources = {
    Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
    Wait: { Type: "AWS::CloudFormation::WaitCondition", Properties: { Handle: { Ref: "Handle" }, Timeout: "9000" } },
  };
  const input = { StackName: "timed", TemplateBody: JSON.stringify({ Resources }), TimeoutInMinutes: 5 };
  const { StackId } = await client.send(new CreateStackCommand(input));
  await until(async () => (await eventsOf(client, "timed")).some((event) => event.LogicalResourceId === "Wait"));
  await cloud.clock.advance(5 * 60_000);
  expect((await settledStack(client, StackId!)).StackStatus).toBe("ROLLBACK_COMPLETE");
  expect(eventLines(await eventsOf(client, "timed"))).toContain(
    "timed | ROLLBACK_IN_PROGRESS | Stack creation time exceeded the specified timeout. Rollback requested by user.",
  );
});

describe("a global table", () => {
  const table = (...regions: string[]) => ({
    Type: "AWS::DynamoDB::GlobalTable",
    Properties: {
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      Replicas: regions.map((Region) => ({ Region })),
    },
  });

  test("with its one replica here is a table", async () => {
    const stack = await create("global", {
      Resources: { T: table("us-east-1") },
      Outputs: { Arn: { Value: { "Fn::GetAtt": ["T", "Arn"] } } },
    });
    expect(stack.Outputs![0]!.OutputValue).toMatch(/:table\/global-T-\w{12}$/);
  });

  test("with replicas elsewhere is refused by name", async () => {
    await create("wide", { Resources: { T: table("us-east-1", "eu-west-1") } });
    expect(eventLines(await eventsOf(client, "wide")).join("\n")).toContain(
      "The local cloud supports global tables with one replica, in the stack's region us-east-1; given: [us-east-1, eu-west-1].",
    );
  });
});

test("an attribute that a resource does not have is refused, not made up", async () => {
  const Resources = {
    Group: { Type: "AWS::Logs::LogGroup" },
    A: value({ "Fn::GetAtt": ["Table", "StreamArn"] }),
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      },
    },
  };
  expect((await create("streamless", { Resources })).StackStatus).toBe("ROLLBACK_COMPLETE");
  expect(eventLines(await eventsOf(client, "streamless")).join("\n")).toContain(
    "A | CREATE_FAILED | Attribute 'StreamArn' does not exist",
  );
});

describe("templates", () => {
  test("with loops are unrolled, and kept as sent beside that", async () => {
    const template = {
      Transform: "AWS::LanguageExtensions",
      Parameters: { Names: { Type: "CommaDelimitedList", Default: "A,B" } },
      Resources: {
        "Fn::ForEach::Loop": [
          "Item",
          { Ref: "Names" },
          { "Param${Item}": value({ "Fn::Sub": "value of ${Item}" }, { Name: "loop-${Item}" }) },
        ],
        Length: value({ "Fn::Length": { Ref: "Names" } }, { Name: "loop-length" }),
        Json: value({ "Fn::ToJsonString": { a: { Ref: "Names" } } }, { Name: "loop-json" }),
      },
    };
    expect((await create("loops", template, { Capabilities: ["CAPABILITY_AUTO_EXPAND"] })).StackStatus).toBe(
      "CREATE_COMPLETE",
    );
    expect(await valueOf("loop-B")).toBe("value of B");
    expect(await valueOf("loop-length")).toBe("2");
    expect(await valueOf("loop-json")).toBe('{"a":["A","B"]}');
    const { TemplateBody } = await client.send(
      new GetTemplateCommand({ StackName: "loops", TemplateStage: "Processed" }),
    );
    expect(JSON.parse(TemplateBody!).Resources).toEqual({
      ParamA: value("value of A", { Name: "loop-A" }),
      ParamB: value("value of B", { Name: "loop-B" }),
      Length: value(2, { Name: "loop-length" }),
      Json: value('{"a":["A","B"]}', { Name: "loop-json" }),
    });
  });

  test("are processed as far as values are known, and secrets are not", async () => {
    const template = {
      Transform: "AWS::LanguageExtensions",
      Parameters: {
        Policy: { Type: "String", Default: "Delete" },
        Secret: { Type: "String", NoEcho: true, Default: "hunter" },
      },
      Resources: {
        A: { ...value({ "Fn::Join": [".", [{ Ref: "AWS::StackName" }, "x"]] }), DeletionPolicy: { Ref: "Policy" } },
        B: {
          ...value({ "Fn::Sub": ["${A}/${Known}", { Known: { "Fn::Sub": "${AWS::Region}-1" } }] }),
          DependsOn: ["A"],
        },
        C: value({ "Fn::Sub": "${Secret}!" }, { Description: { Ref: "Policy" } }),
      },
      Outputs: { O: { Value: { "Fn::Sub": "${AWS::StackName}-out" } } },
    };
    await create("partly", template, { Capabilities: ["CAPABILITY_AUTO_EXPAND"] });
    const { TemplateBody } = await client.send(
      new GetTemplateCommand({ StackName: "partly", TemplateStage: "Processed" }),
    );
    expect(JSON.parse(TemplateBody!)).toEqual({
      Parameters: template.Parameters,
      Resources: {
        A: { ...value("partly.x"), DeletionPolicy: "Delete" },
        B: { ...value({ "Fn::Sub": ["${A}/${Known}", { Known: "us-east-1-1" }] }), DependsOn: "A" },
        C: template.Resources.C,
      },
      Outputs: { O: { Value: "partly-out" } },
    });
  });

  test("with a transform need CAPABILITY_AUTO_EXPAND, unless a change set shows what becomes of them", async () => {
    const template = { Transform: "AWS::LanguageExtensions", Resources: { A: value("x") } };
    const refused = {
      name: "InsufficientCapabilitiesException",
      message: "Requires capabilities : [CAPABILITY_AUTO_EXPAND]",
    };
    await expect(create("unacknowledged", template)).rejects.toMatchObject(refused);
    expect(
      (await deploy(client, "acknowledged", template, { ChangeSetType: "CREATE", Capabilities: [] })).StackStatus,
    ).toBe("CREATE_COMPLETE");
    await expect(update("acknowledged", template)).rejects.toMatchObject(refused);
  });

  test("that call a transform inside are refused by its name, and by the place", async () => {
    const call = { "Fn::Transform": { Name: "AWS::Include", Parameters: { Location: "s3://b/k" } } };
    const template = { Resources: { A: { ...value("x"), Metadata: { Of: [call] } } } };
    const words =
      "No transform named AWS::Include found. Fn::Transform at /Resources/A/Metadata/Of/0 calls it, and the local cloud supports none there.";
    await expect(create("inline", template)).rejects.toThrow(words);
    await expect(deploy(client, "inline", template, { ChangeSetType: "CREATE" })).rejects.toThrow(words);
    await expect(client.send(new ValidateTemplateCommand({ TemplateBody: JSON.stringify(template) }))).rejects.toThrow(
      words,
    );
  });

  test("with an unknown transform are refused by its name", async () => {
    const template = { Transform: "AWS::Serverless-2016-10-31", Resources: { A: value("x") } };
    await expect(create("sam", template)).rejects.toThrow("No transform named AWS::Serverless-2016-10-31 found.");
  });

  test("are validated and summed up", async () => {
    const TemplateBody = JSON.stringify({
      Parameters: { Key: { Type: "String", Description: "a key" } },
      Resources: {
        R: { Type: "AWS::IAM::Role", Properties: { RoleName: "named", AssumeRolePolicyDocument: {} } },
        A: value("x"),
      },
    });
    const validated = await client.send(new ValidateTemplateCommand({ TemplateBody }));
    expect(validated).toMatchObject({
      Parameters: [{ ParameterKey: "Key", NoEcho: false, Description: "a key" }],
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      CapabilitiesReason: "The following resource(s) require capabilities: [AWS::IAM::Role]",
    });
    const summary = await client.send(new GetTemplateSummaryCommand({ TemplateBody }));
    expect(summary).toMatchObject({ ResourceTypes: ["AWS::IAM::Role", "AWS::SSM::Parameter"] });
    expect(summary.ResourceIdentifierSummaries).toContainEqual({
      ResourceType: "AWS::SSM::Parameter",
      LogicalResourceIds: ["A"],
      ResourceIdentifiers: ["Name"],
    });
    await expect(client.send(new ValidateTemplateCommand({ TemplateURL: "nonsense" }))).rejects.toThrow(
      "TemplateURL must be a supported URL.",
    );
    await expect(client.send(new ValidateTemplateCommand({ TemplateURL: "s3://bucket/key" }))).rejects.toThrow(
      "S3 error: Domain name specified in bucket is not a valid S3 domain",
    );
  });

  test("longer than the request may be are refused", async () => {
    const Description = "x".repeat(1000);
    const Resources = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`A${index}`, { ...value("x"), Metadata: { Description } }]),
    );
    await expect(create("long", { Resources })).rejects.toThrow("Member must have length less than or equal to 51200");
  });
});

test("a stack deploys in YAML with short forms", async () => {
  const template = `
Conditions:
  IsMain: !Equals [!Ref AWS::Region, us-east-1]
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: N }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  Main: { Type: AWS::SSM::Parameter, Condition: IsMain, Properties: { Type: String, Value: !Sub "table:\${Table}" } }
Outputs:
  Arn: { Value: !GetAtt Table.Arn }
`;
  const stack = await deploy(client, "yaml", template, { ChangeSetType: "CREATE" });
  expect(stack.StackStatus).toBe("CREATE_COMPLETE");
  expect(stack.Outputs![0]!.OutputValue).toMatch(/^arn:aws:dynamodb:us-east-1:000000000000:table\/yaml-Table-\w{12}$/);
});

test("stacks that were deleted long ago are removed", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-forget-"));
  const first = await startTestCloud({ stateFolder });
  const early = first.client(CloudFormationClient);
  const { StackId } = await deploy(early, "ancient", { Resources: { A: value("x") } }, { ChangeSetType: "CREATE" });
  await early.send(new DeleteStackCommand({ StackName: "ancient" }));
  await settledStack(early, StackId!);
  await first.stop();
  const second = await startTestCloud({ stateFolder, clock: new AdjustableClock({ offsetMs: 91 * 24 * 3600 * 1000 }) });
  const { StackSummaries } = await second.client(CloudFormationClient).send(new ListStacksCommand({}));
  expect(StackSummaries ?? []).toEqual([]);
  await second.stop();
  await rm(stateFolder, { recursive: true });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error("It did not come to that.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
