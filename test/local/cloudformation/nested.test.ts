import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { eventLines, eventsOf, settledStack } from "./spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;
let ssm: SSMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
  ssm = cloud.client(SSMClient);
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "templates" }));
  await s3.send(new PutObjectCommand({ Bucket: "templates", Key: "inner.json", Body: JSON.stringify(inner) }));
  await s3.send(new PutObjectCommand({ Bucket: "templates", Key: "inner-two.json", Body: JSON.stringify(innerTwo) }));
});

afterAll(() => cloud.stop());

const value = (Value: unknown, more: object = {}) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Type: "String", Value, ...more },
});

const inner = {
  Parameters: { P: { Type: "String" }, List: { Type: "CommaDelimitedList" } },
  Resources: {
    A: value({ "Fn::Join": ["+", [{ Ref: "P" }, { "Fn::Join": ["", { Ref: "List" }] }]] }, { Name: "inner" }),
    Old: value("x", { Name: "inner-old" }),
  },
  Outputs: { Name: { Value: { Ref: "A" } } },
};
const innerTwo = { ...inner, Resources: { A: inner.Resources.A, New: value("x", { Name: "inner-new" }) } };

const outer = (P: string, key = "inner.json", more: object = {}) => ({
  Resources: {
    Nested: {
      Type: "AWS::CloudFormation::Stack",
      Properties: {
        TemplateURL: `https://s3.us-east-1.amazonaws.com/templates/${key}`,
        Parameters: { P, List: { "Fn::Join": [",", ["a", "b"]] } },
      },
    },
    Uses: value({ "Fn::GetAtt": ["Nested", "Outputs.Name"] }, { Name: "outer-uses" }),
    ...more,
  },
});

async function run(command: CreateStackCommand | UpdateStackCommand) {
  const { StackId } = await client.send(command);
  return settledStack(client, StackId!);
}

const valueOf = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter!.Value;

async function nestedId(): Promise<string> {
  const { StackResources } = await client.send(
    new DescribeStackResourcesCommand({ StackName: "outer", LogicalResourceId: "Nested" }),
  );
  return StackResources![0]!.PhysicalResourceId!;
}

test("a nested stack is made with its parameters, and its outputs are attributes", async () => {
  const stack = await run(new CreateStackCommand({ StackName: "outer", TemplateBody: JSON.stringify(outer("one")) }));
  expect(stack.StackStatus).toBe("CREATE_COMPLETE");
  expect(await valueOf("inner")).toBe("one+ab");
  expect(await valueOf("outer-uses")).toBe("inner");
  const [nested] = (await client.send(new DescribeStacksCommand({ StackName: await nestedId() }))).Stacks!;
  expect(nested).toMatchObject({ ParentId: stack.StackId, RootId: stack.StackId, StackStatus: "CREATE_COMPLETE" });
  expect(nested!.StackName).toMatch(/^outer-Nested-\w{12}$/);
});

test("an update of the outer stack updates the nested one, which cleans up behind it", async () => {
  const stack = await run(
    new UpdateStackCommand({ StackName: "outer", TemplateBody: JSON.stringify(outer("two", "inner-two.json")) }),
  );
  expect(stack.StackStatus).toBe("UPDATE_COMPLETE");
  expect(await valueOf("inner")).toBe("two+ab");
  expect(await valueOf("inner-new")).toBe("x");
  await expect(valueOf("inner-old")).rejects.toMatchObject({ name: "ParameterNotFound" });
  expect((await settledStack(client, await nestedId())).StackStatus).toBe("UPDATE_COMPLETE");
});

test("a failure beside the nested stack brings it back with everything it had", async () => {
  const broken = outer("three", "inner.json", {
    Broken: { ...value("x", { Name: "/aws/refused" }), DependsOn: "Nested" },
  });
  const stack = await run(new UpdateStackCommand({ StackName: "outer", TemplateBody: JSON.stringify(broken) }));
  expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(await valueOf("inner")).toBe("two+ab");
  expect(await valueOf("inner-new")).toBe("x");
  await expect(valueOf("inner-old")).rejects.toMatchObject({ name: "ParameterNotFound" });
  expect((await settledStack(client, await nestedId())).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
});

test("a failure in the nested stack fails the outer one, in its words", async () => {
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  const failing = {
    Parameters: inner.Parameters,
    Resources: { Bad: value("x", { Name: "/aws/refused" }) },
    Outputs: { Name: { Value: "x" } },
  };
  await s3.send(new PutObjectCommand({ Bucket: "templates", Key: "failing.json", Body: JSON.stringify(failing) }));
  const stack = await run(
    new CreateStackCommand({ StackName: "doomed", TemplateBody: JSON.stringify(outer("x", "failing.json")) }),
  );
  expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
  const lines = eventLines(await eventsOf(client, "doomed"));
  expect(lines.find((line) => line.startsWith("Nested | CREATE_FAILED"))).toMatch(
    /Embedded stack arn:aws:cloudformation:us-east-1:000000000000:stack\/doomed-Nested-\w+\/[-0-9a-f]+ was not successfully created: The following resource\(s\) failed to create: \[Bad\]\. $/,
  );
  expect(lines).toContain("Nested | DELETE_COMPLETE");
});

test("the nested stack goes with the outer one", async () => {
  const id = await nestedId();
  const { StackId } = await settledStack(client, "outer");
  await client.send(new DeleteStackCommand({ StackName: "outer" }));
  expect((await settledStack(client, StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  expect((await settledStack(client, id)).StackStatus).toBe("DELETE_COMPLETE");
  await expect(valueOf("inner")).rejects.toMatchObject({ name: "ParameterNotFound" });
});
