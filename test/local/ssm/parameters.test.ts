import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  SSMClient,
  type PutParameterCommandInput,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let ssm: SSMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  ssm = cloud.client(SSMClient);
});
afterAll(() => cloud.stop());

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));
const get = async (Name: string, WithDecryption = false) =>
  (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter!;

describe("a parameter", () => {
  test("is read by name and by ARN", async () => {
    expect(await put("/app/read", "1")).toMatchObject({ Version: 1, Tier: "Standard" });
    await put("plain", "2");
    const read = await get("/app/read");
    expect(read).toMatchObject({ Name: "/app/read", Type: "String", Value: "1", Version: 1, DataType: "text" });
    expect(read.ARN).toBe("arn:aws:ssm:us-east-1:000000000000:parameter/app/read");
    expect((await get(read.ARN!)).Value).toBe("1");
    expect((await get("arn:aws:ssm:us-east-1:000000000000:parameter/plain")).Name).toBe("plain");
  });

  test("belongs to its region", async () => {
    await put("regional", "here");
    const elsewhere = cloud.client(SSMClient, { region: "eu-west-1" });
    await expect(elsewhere.send(new GetParameterCommand({ Name: "regional" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
  });

  test("keeps its versions and is read by number and label", async () => {
    await put("versioned", "one", { Description: "first" });
    await expect(put("versioned", "two")).rejects.toMatchObject({
      name: "ParameterAlreadyExists",
      message:
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    });
    expect(await put("versioned", "two", { Overwrite: true })).toMatchObject({ Version: 2 });
    const labelled = await ssm.send(
      new LabelParameterVersionCommand({ Name: "versioned", ParameterVersion: 1, Labels: ["live", "1bad"] }),
    );
    expect(labelled).toMatchObject({ InvalidLabels: ["1bad"], ParameterVersion: 1 });
    expect(await get("versioned:1")).toMatchObject({ Value: "one", Selector: ":1" });
    expect(await get("versioned:live")).toMatchObject({ Value: "one", Selector: ":live" });
    expect((await get("versioned")).Value).toBe("two");
    await expect(get("versioned:7")).rejects.toMatchObject({ name: "ParameterVersionNotFound" });
    const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name: "versioned" }));
    expect(Parameters!.map(({ Value, Labels, Description }) => [Value, Labels, Description])).toEqual([
      ["one", ["live"], "first"],
      ["two", [], "first"],
    ]);
  });

  test("hides a SecureString until decryption is asked for", async () => {
    await put("secret", "hush", { Type: "SecureString" });
    const sealed = await get("secret");
    expect(sealed.Type).toBe("SecureString");
    expect(sealed.Value).not.toContain("hush");
    expect((await get("secret", true)).Value).toBe("hush");
  });

  test("carries tags", async () => {
    await put("tagged", "1", { Tags: [{ Key: "a", Value: "1" }] });
    const resource = { ResourceType: "Parameter", ResourceId: "tagged" } as const;
    await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: "b", Value: "2" }] }));
    expect((await ssm.send(new ListTagsForResourceCommand(resource))).TagList).toHaveLength(2);
  });

  test("goes when it is deleted", async () => {
    await put("gone", "1");
    await ssm.send(new DeleteParameterCommand({ Name: "gone" }));
    await expect(ssm.send(new DeleteParameterCommand({ Name: "gone" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
    await put("gone", "1");
    expect(await ssm.send(new DeleteParametersCommand({ Names: ["gone", "never"] }))).toMatchObject({
      DeletedParameters: ["gone"],
      InvalidParameters: ["never"],
    });
  });

  test.each([
    ["its name is reserved", { Name: "aws-mine" }, "AccessDeniedException"],
    ["its name has a strange letter", { Name: "no spaces" }, "ValidationException"],
    ["its path does not begin with a slash", { Name: "a/b" }, "ValidationException"],
    ["its path is too deep", { Name: "/a".repeat(16) }, "HierarchyLevelLimitExceededException"],
    ["it has no type", { Name: "typeless", Type: undefined }, "ValidationException"],
    ["a standard value is too long", { Name: "long", Value: "x".repeat(4097) }, "ValidationException"],
    ["it breaks its pattern", { Name: "p", AllowedPattern: "\\d+" }, "ParameterPatternMismatchException"],
    [
      "its pattern never comes to an end",
      { Name: "slow", Value: `${"a".repeat(40)}!`, AllowedPattern: "(a+)+" },
      "InvalidAllowedPatternException",
    ],
  ])("fails when %s", async (_why, input, name) => {
    await expect(put(input.Name, "value", input as object)).rejects.toMatchObject({ name });
  });
});

describe("parameters", () => {
  test("are read in one call, with missing ones listed separately", async () => {
    await put("row-a", "1");
    const answer = await ssm.send(new GetParametersCommand({ Names: ["row-a", "row-b"] }));
    expect(answer.Parameters!.map((each) => each.Name)).toEqual(["row-a"]);
    expect(answer.InvalidParameters).toEqual(["row-b"]);
  });

  test("are found by path, page by page", async () => {
    for (const name of ["a", "b", "deep/c", "deep/d"]) await put(`/tree/${name}`, name);
    const flat = await ssm.send(new GetParametersByPathCommand({ Path: "/tree" }));
    expect(flat.Parameters!.map((each) => each.Name)).toEqual(["/tree/a", "/tree/b"]);
    const first = await ssm.send(new GetParametersByPathCommand({ Path: "/tree/", Recursive: true, MaxResults: 3 }));
    expect(first.Parameters).toHaveLength(3);
    const rest = await ssm.send(
      new GetParametersByPathCommand({ Path: "/tree/", Recursive: true, NextToken: first.NextToken }),
    );
    expect(rest.Parameters!.map((each) => each.Name)).toEqual(["/tree/deep/d"]);
    expect(rest.NextToken).toBeUndefined();
  });

  test("are described by filter, without their values", async () => {
    await put("/find/one", "1");
    await put("/find/two", "2", { Type: "SecureString" });
    const { Parameters } = await ssm.send(
      new DescribeParametersCommand({
        ParameterFilters: [
          { Key: "Name", Option: "BeginsWith", Values: ["/find/"] },
          { Key: "Type", Values: ["SecureString"] },
        ],
      }),
    );
    expect(Parameters).toHaveLength(1);
    expect(Parameters![0]).toMatchObject({ Name: "/find/two", KeyId: "alias/aws/ssm", Version: 1 });
    expect(Parameters![0]).not.toHaveProperty("Value");
    const wrong = new DescribeParametersCommand({ ParameterFilters: [{ Key: "Colour", Values: ["red"] }] });
    await expect(ssm.send(wrong)).rejects.toMatchObject({ name: "InvalidFilterKey" });
  });

  test.each(["=", "{}", '[{"Version":"1.0"}]'])("refuse the policies %s", async (Policies) => {
    await expect(put("/policies/bad", "1", { Policies })).rejects.toMatchObject({
      name: "InvalidPolicyAttributeException",
    });
  });
});
