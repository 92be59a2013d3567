import { beforeEach, describe, expect, test } from "vitest";
import { SimulatedAws } from "./simulated-aws.ts";

const MINUTE = 60_000;
const INNER = "https://s3.us-east-1.amazonaws.com/assets/inner.json";

let sim: SimulatedAws;

function cloudFormation<T = Record<string, unknown>>(operation: string, input: Record<string, unknown> = {}): T {
  return sim.world.handle("cloudformation", operation, { StackName: "Main", ...input }, "tester") as T;
}

function template(more: Record<string, unknown> = {}, version = "ListVersionA", code = "a"): string {
  return JSON.stringify({
    Parameters: { Pin: { Type: "String" }, Mode: { Type: "String", Default: "default" } },
    Resources: {
      List: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "list", Code: code, Mode: { Ref: "Mode" } } },
      [version]: {
        Type: "AWS::Lambda::Version",
        DeletionPolicy: "RetainExceptOnCreate",
        Properties: { FunctionName: { Ref: "List" } },
      },
      Alias: {
        Type: "AWS::Lambda::Alias",
        DependsOn: version,
        Properties: {
          FunctionName: "list",
          Name: "live",
          FunctionVersion: { Ref: "Pin" },
          Description: "from the stack",
        },
      },
      ...more,
    },
  });
}

const pin = (ParameterValue: string) => [{ ParameterKey: "Pin", ParameterValue }];
const previous = ["Pin", "Mode"].map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true }));
const alias = () => sim.world.functions.get("list")?.aliases.get("live");
const status = () => sim.world.stackOf("Main").status;

async function create(body = template()): Promise<void> {
  cloudFormation("CreateChangeSet", {
    ChangeSetName: "first",
    ChangeSetType: "CREATE",
    TemplateBody: body,
    Parameters: pin("1"),
    IncludeNestedStacks: true,
  });
  await sim.pass(MINUTE);
  cloudFormation("ExecuteChangeSet", { ChangeSetName: "first" });
  await sim.pass(MINUTE);
}

async function update(input: Record<string, unknown>): Promise<void> {
  const source = input["TemplateBody"] === undefined ? { UsePreviousTemplate: true } : {};
  cloudFormation("UpdateStack", { ...source, Parameters: previous, ...input });
  await sim.pass(MINUTE);
}

beforeEach(() => {
  sim = new SimulatedAws();
});

describe("change sets", () => {
  test("create a stack, are described when they are made, and are executed once", async () => {
    await create();
    expect(status()).toBe("CREATE_COMPLETE");
    expect(alias()).toMatchObject({ primary: "1", description: "from the stack" });
    expect(() => cloudFormation("ExecuteChangeSet", { ChangeSetName: "first" })).toThrow(
      expect.objectContaining({ name: "InvalidChangeSetStatus" }),
    );
  });

  test("that change nothing fail with CloudFormation's words", async () => {
    await create();
    const input = { UsePreviousTemplate: true, Parameters: previous };
    cloudFormation("CreateChangeSet", { ChangeSetName: "same", ...input });
    await sim.pass(MINUTE);
    const reason = expect.stringContaining("didn't contain changes");
    const described = cloudFormation("DescribeChangeSet", { ChangeSetName: "same" });
    expect(described).toMatchObject({ Status: "FAILED", StatusReason: reason });
  });

  test("a token makes a repeated execution harmless, and another change set is obsolete", async () => {
    await create();
    const body = { TemplateBody: template({}, "ListVersionB", "b"), Parameters: previous };
    for (const ChangeSetName of ["one", "other"]) cloudFormation("CreateChangeSet", { ChangeSetName, ...body });
    await sim.pass(MINUTE);
    const input = { ChangeSetName: "one", ClientRequestToken: "token" };
    cloudFormation("ExecuteChangeSet", input);
    expect(() => cloudFormation("ExecuteChangeSet", input)).not.toThrow();
    expect(() => cloudFormation("ExecuteChangeSet", { ChangeSetName: "other" })).toThrow("OBSOLETE");
  });

  test("a stack that is busy takes none", async () => {
    await create();
    cloudFormation("UpdateStack", { TemplateBody: template({}, "ListVersionB", "b"), Parameters: previous });
    expect(() => cloudFormation("CreateChangeSet", { ChangeSetName: "late", UsePreviousTemplate: true })).toThrow(
      /UPDATE_IN_PROGRESS state and can not be updated/,
    );
  });
});

test("a nested stack is listed in every change set of its parent, with a change set of its own", async () => {
  sim.world.templates.set(INNER, '{"Resources":{"Deep":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"deep"}}}}');
  const inner = { Inner: { Type: "AWS::CloudFormation::Stack", Properties: { TemplateURL: INNER } } };
  await create(template(inner));
  const input = { UsePreviousTemplate: true, Parameters: previous, IncludeNestedStacks: true };
  cloudFormation("CreateChangeSet", { ChangeSetName: "same", ...input });
  await sim.pass(MINUTE);
  type Described = { Status: string; Changes: { ResourceChange: Record<string, unknown> }[] };
  const { Status, Changes } = cloudFormation<Described>("DescribeChangeSet", { ChangeSetName: "same" });
  expect(Status).toBe("CREATE_COMPLETE");
  const change = { LogicalResourceId: "Inner", Action: "Modify", Details: [{ ChangeSource: "Automatic" }] };
  expect(Changes.map(({ ResourceChange }) => ResourceChange)).toMatchObject([change]);
  const nested = { StackName: undefined, ChangeSetName: Changes[0]?.ResourceChange["ChangeSetId"] };
  expect(cloudFormation("DescribeChangeSet", nested)).toMatchObject({ Changes: [] });
});

test("a nested stack that the template no longer has takes its resources with it", async () => {
  sim.world.templates.set(INNER, '{"Resources":{"Deep":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"deep"}}}}');
  await create(template({ Inner: { Type: "AWS::CloudFormation::Stack", Properties: { TemplateURL: INNER } } }));
  expect(sim.world.queues.has("deep")).toBe(true);
  await update({ TemplateBody: template() });
  expect(sim.world.queues.has("deep")).toBe(false);
});

describe("an update that fails", () => {
  const FAILING = { Failing: { Type: "Custom::Failing", DependsOn: "Alias" } };

  test("restores the values of the previous template and parameters, even if aliases were moved since", async () => {
    await create();
    await update({ TemplateBody: template({}, "ListVersionB", "b") });
    await update({ Parameters: pin("2") });
    expect(alias()?.primary).toBe("2");
    const move = { FunctionName: "list", Name: "live", FunctionVersion: "1", Description: "by hand" };
    sim.world.handle("lambda", "UpdateAlias", move, "operator");
    await update({ TemplateBody: template(FAILING, "ListVersionC", "c"), Parameters: pin("1") });
    expect(status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(alias()).toMatchObject({ primary: "2", description: "from the stack" });
    expect(sim.world.contents.get("list:$LATEST")).toMatchObject({ Code: "b" });
    expect([...sim.world.functions.get("list")!.versions.keys()]).toEqual(["1", "2"]);
  });

  test("leaves alone what it did not touch", async () => {
    await create();
    await update({ TemplateBody: template({}, "ListVersionB", "b") });
    sim.world.handle("lambda", "UpdateAlias", { FunctionName: "list", Name: "live", FunctionVersion: "2" }, "operator");
    await update({ TemplateBody: template(FAILING, "ListVersionC", "c") });
    expect(status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(alias()?.primary).toBe("2");
  });

  test("is what a person cancels while it runs", async () => {
    await create();
    cloudFormation("UpdateStack", { TemplateBody: template({}, "ListVersionB", "b"), Parameters: previous });
    cloudFormation("CancelUpdateStack");
    await sim.pass(MINUTE);
    expect(status()).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(() => cloudFormation("CancelUpdateStack")).toThrow("CancelUpdateStack cannot be called");
  });
});

describe("parameters", () => {
  test("that are left out take their default, and none is refused", async () => {
    await create();
    expect(() => cloudFormation("UpdateStack", { UsePreviousTemplate: true })).toThrow(
      "Parameters: [Pin] must have values",
    );
    await update({ Parameters: [{ ParameterKey: "Mode", ParameterValue: "b" }, previous[0]] });
    await update({ Parameters: pin("1") });
    expect(sim.world.stackOf("Main").target.parameters).toEqual({ Pin: "1", Mode: "default" });
  });

  test("an update without any change is refused", async () => {
    await create();
    expect(() => cloudFormation("UpdateStack", { UsePreviousTemplate: true, Parameters: previous })).toThrow(
      "No updates are to be performed.",
    );
  });
});

test("a version of an unchanged function fails the update", async () => {
  await create();
  await update({ TemplateBody: template({}, "ListVersionB") });
  expect(status()).toBe("UPDATE_ROLLBACK_COMPLETE");
  const reasons = sim.world.stackOf("Main").events.map(({ ResourceStatusReason }) => ResourceStatusReason);
  expect(reasons).toContainEqual(expect.stringMatching(/Version already exists: \[.*:1\]/));
});

test("what a template drops goes last, and what retains itself stays", async () => {
  await create(template({ Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "old" } } }));
  expect([...sim.world.queues]).toEqual(["old"]);
  await update({ TemplateBody: template({}, "ListVersionB", "b") });
  expect([...sim.world.queues]).toEqual([]);
  expect([...sim.world.functions.get("list")!.versions.keys()]).toEqual(["1", "2"]);
});

test("with statusDelayMs, DescribeStacks shows the status before for a while, and the events do not", async () => {
  await create();
  sim.world.statusDelayMs = 3_000;
  cloudFormation("UpdateStack", { TemplateBody: template({}, "ListVersionB", "b"), Parameters: previous });
  expect(cloudFormation("DescribeStacks")).toMatchObject({ Stacks: [{ StackStatus: "CREATE_COMPLETE" }] });
  const event = { ResourceStatus: "UPDATE_IN_PROGRESS", PhysicalResourceId: sim.world.stackOf("Main").id };
  expect(cloudFormation("DescribeStackEvents")).toMatchObject({
    StackEvents: expect.arrayContaining([expect.objectContaining(event)]),
  });
  await sim.pass(3_000);
  expect(cloudFormation("DescribeStacks")).toMatchObject({ Stacks: [{ StackStatus: "UPDATE_IN_PROGRESS" }] });
});
