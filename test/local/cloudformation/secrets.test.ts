import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventsOf, settledStack } from "./spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
});

afterAll(() => cloud.stop());

const template = (more: object = {}) => ({
  Parameters: { Password: { Type: "String", NoEcho: true }, Plain: { Type: "String", Default: "plain-1" } },
  Conditions: { IsSet: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Password" }, ""] }] } },
  Resources: {
    Topic: {
      Type: "AWS::SNS::Topic",
      Properties: {
        TopicName: "secrets",
        DisplayName: { "Fn::If": ["IsSet", { "Fn::Sub": "user:${Password}@${Plain}" }, "none"] },
      },
    },
    ...more,
  },
});

const withPassword = (ParameterValue: string) => ({
  Parameters: [{ ParameterKey: "Password", ParameterValue }],
});

/** What CloudFormation has on disk: the records of its collections, and its events. */
function keptRows(stateFolder: string): string[] {
  const database = new DatabaseSync(join(stateFolder, "state.sqlite"), { readOnly: true });
  const records = database.prepare("SELECT value AS text FROM records WHERE collection LIKE 'cloudformation.%'").all();
  const events = database.prepare("SELECT body AS text FROM cloudformation_events").all();
  database.close();
  return [...records, ...events].map(({ text }) => String(text));
}

const nameOf = (properties: string | undefined) =>
  (JSON.parse(properties ?? "{}") as { DisplayName?: string }).DisplayName;

test("NoEcho values are masked in events, in parts of a text too, and reach the resource", async () => {
  await deploy(client, "vault", template(), { ChangeSetType: "CREATE", ...withPassword("hunter-one") });
  const shown = (await eventsOf(client, "vault"))
    .filter((event) => event.LogicalResourceId === "Topic")
    .map((event) => nameOf(event.ResourceProperties));
  expect(shown).toEqual(["user:****@plain-1", "user:****@plain-1", "user:****@plain-1"]);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "vault" }));
  expect(Stacks![0]!.Parameters).toContainEqual({ ParameterKey: "Password", ParameterValue: "****" });
});

test("a change set says that a secret changes without showing it", async () => {
  const { Id } = await client.send(
    new CreateChangeSetCommand({
      StackName: "vault",
      ChangeSetName: "change",
      TemplateBody: JSON.stringify(template()),
      ...withPassword("hunter-two"),
    }),
  );
  const made = await client.send(new DescribeChangeSetCommand({ ChangeSetName: Id, IncludePropertyValues: true }));
  const [{ ResourceChange } = {}] = made.Changes!;
  expect(ResourceChange!.Details![0]!.Target).toMatchObject({
    Name: "DisplayName",
    BeforeValue: "user:****@plain-1",
    AfterValue: "user:****@plain-1",
  });
  expect(JSON.stringify(made)).not.toContain("hunter");
});

test("a failed update masks them on its way back too", async () => {
  const broken = {
    Broken: {
      Type: "AWS::SSM::Parameter",
      DependsOn: "Topic",
      Properties: { Type: "String", Value: "x", Name: "/aws/refused" },
    },
  };
  await client.send(
    new UpdateStackCommand({
      StackName: "vault",
      TemplateBody: JSON.stringify(template(broken)),
      ...withPassword("hunter-two"),
    }),
  );
  expect((await settledStack(client, "vault")).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(JSON.stringify(await eventsOf(client, "vault"))).not.toContain("hunter");
});

test("UsePreviousValue keeps a secret, and what uses it does not change", async () => {
  const Probe = {
    Type: "AWS::SSM::Parameter",
    Properties: { Type: "String", Name: "probe", Value: { Ref: "Password" } },
  };
  await deploy(client, "vault", template({ Probe }), {
    Parameters: [{ ParameterKey: "Password", UsePreviousValue: true }],
  });
  const { Parameter } = await cloud.client(SSMClient).send(new GetParameterCommand({ Name: "probe" }));
  expect(Parameter!.Value).toBe("hunter-one");
  const touched = (await eventsOf(client, "vault")).findLast((event) => event.LogicalResourceId === "Topic");
  expect(touched!.Timestamp!.getTime()).toBeLessThan((await settledStack(client, "vault")).LastUpdatedTime!.getTime());
});

test("the state file of CloudFormation does not show them", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-secrets-"));
  const own = await startTestCloud({ stateFolder });
  const other = own.client(CloudFormationClient);
  await deploy(other, "vault", template(), { ChangeSetType: "CREATE", ...withPassword("hunter-one") });
  await deploy(other, "vault", template(), withPassword("hunter-two"));
  await own.stop();
  const rows = keptRows(stateFolder);
  await rm(stateFolder, { recursive: true });
  expect(rows.some((row) => row.includes("****"))).toBe(true);
  expect(rows.filter((row) => row.includes("hunter"))).toEqual([]);
});
