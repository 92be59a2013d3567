import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import {
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListTagsForResourceCommand,
  StartSyncExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Aws } from "../../../lib/aws/aws.ts";
import { StateMachineAliases } from "../../../lib/release/aws/state-machine-aliases.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, settledStack } from "../cloudformation/spine.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;
let client: CloudFormationClient;

beforeAll(async () => {
  cloud = await startTestCloud({ roles: ["workflow"] });
  machines = new Machines(cloud);
  client = cloud.client(CloudFormationClient);
});

afterAll(() => cloud.stop());

/** A machine with a version for each of the words so far; the alias is made on the first. */
function template(words: readonly string[], tags: Record<string, string> = {}) {
  const versions = words.map((word, index) => [
    `Version${index + 1}`,
    {
      Type: "AWS::StepFunctions::StateMachineVersion",
      DeletionPolicy: "Retain",
      Properties: { StateMachineArn: { Ref: "Machine" }, Description: word },
    },
  ]);
  return {
    Resources: {
      Machine: {
        Type: "AWS::StepFunctions::StateMachine",
        Properties: {
          StateMachineName: "greeter",
          StateMachineType: "EXPRESS",
          RoleArn: "arn:aws:iam::000000000000:role/workflow",
          DefinitionString: '{"StartAt":"Say","States":{"Say":{"Type":"Pass","Result":"${Word}","End":true}}}',
          DefinitionSubstitutions: { Word: words.at(-1) },
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        },
      },
      ...Object.fromEntries(versions),
      Alias: {
        Type: "AWS::StepFunctions::StateMachineAlias",
        Properties: {
          Name: "live",
          RoutingConfiguration: [{ StateMachineVersionArn: { Ref: "Version1" }, Weight: 100 }],
        },
      },
      Work: { Type: "AWS::StepFunctions::Activity", Properties: { Name: "work" } },
    },
    Outputs: {
      Machine: { Value: { Ref: "Machine" } },
      Name: { Value: { "Fn::GetAtt": ["Machine", "Name"] } },
      Alias: { Value: { Ref: "Alias" } },
      Newest: { Value: { Ref: `Version${words.length}` } },
      Work: { Value: { Ref: "Work" } },
    },
  };
}

test("a stack makes a machine with versions and an alias, and the release engine moves the alias", async () => {
  const outputs = async (body: object, ChangeSetType?: "CREATE") => {
    const stack = await deploy(client, "workflow", body, { ChangeSetType });
    expect(stack.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
    return Object.fromEntries(stack.Outputs!.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue!]));
  };
  const say = async (stateMachineArn: string) =>
    JSON.parse((await machines.client.send(new StartSyncExecutionCommand({ stateMachineArn }))).output!) as string;

  const first = await outputs(template(["hello"], { team: "a", old: "1" }), "CREATE");
  expect(first["Name"]).toBe("greeter");
  expect(first["Work"]).toMatch(/:activity:work$/);
  expect(await say(first["Alias"])).toBe("hello");

  const second = await outputs(template(["hello", "good day"], { team: "b" }));
  expect(second["Newest"]).toBe(`${second["Machine"]}:2`);
  expect(await say(second["Machine"])).toBe("good day");
  expect(await say(second["Alias"])).toBe("hello");
  const { tags } = await machines.client.send(new ListTagsForResourceCommand({ resourceArn: second["Machine"] }));
  const own = tags!.filter(({ key }) => !key!.startsWith("aws:")).map(({ key, value }) => [key, value]);
  expect(own).toEqual([["team", "b"]]);

  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const aliases = new StateMachineAliases(new Aws({ region: "us-east-1", endpoint: cloud.endpoint, credentials }));
  const target = { kind: "stateMachine", name: second["Machine"]!, alias: "live" } as never;
  const before = (await aliases.get(target))!;
  expect(before).toMatchObject({ primary: first["Newest"] });
  const goal = { primary: first["Newest"]!, additional: { version: second["Newest"]!, percent: 10 }, unordered: true };
  const write = { target, goal, before, description: "10 %" } as never;
  expect(await aliases.update(write)).toEqual({ kind: "written" });
  expect(await aliases.update(write)).toMatchObject({ kind: "conflict" });
  expect((await aliases.versions(target)).map(({ aliases: names }) => names)).toEqual([["live"], ["live"]]);
  expect(await aliases.deleteVersion(target, second["Newest"])).toBe(false);

  // The stack leaves weights alone that were set elsewhere.
  await outputs(template(["hello", "good day", "good evening"], { team: "b" }));
  const alias = await machines.client.send(
    new DescribeStateMachineAliasCommand({ stateMachineAliasArn: second["Alias"] }),
  );
  expect(alias).toMatchObject({
    description: "10 %",
    routingConfiguration: [
      { stateMachineVersionArn: first["Newest"], weight: 90 },
      { stateMachineVersionArn: second["Newest"], weight: 10 },
    ],
  });

  const { StackId } = await settledStack(client, "workflow");
  await client.send(new DeleteStackCommand({ StackName: "workflow" }));
  expect((await settledStack(client, StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  const gone = machines.client.send(new DescribeStateMachineCommand({ stateMachineArn: second["Machine"] }));
  await expect(gone).rejects.toMatchObject({ name: "StateMachineDoesNotExist" });
});

test("fails to publish a version where nothing has changed", async () => {
  const body = template(["one"]) as { Resources: Record<string, unknown> };
  body.Resources["Again"] = {
    Type: "AWS::StepFunctions::StateMachineVersion",
    DependsOn: "Version1",
    Properties: { StateMachineArn: { Ref: "Machine" } },
  };
  expect((await deploy(client, "twice", body, { ChangeSetType: "CREATE" })).StackStatus).toBe("ROLLBACK_COMPLETE");
});
