import { describe, expect, it } from "vitest";
import type { AssemblyStack } from "../../lib/assembly/assembly.ts";
import { planStack, type StackPlanInput } from "../../lib/deploy/plan-stack.ts";
import type { StackState } from "../../lib/deploy/stack-state.ts";

const stack: AssemblyStack = {
  id: "Todo",
  stackName: "Todo",
  displayName: "Todo",
  templatePath: "/none",
  account: "unknown-account",
  region: "unknown-region",
  dependsOn: [],
  parameters: {},
  tags: {},
  notificationArns: [],
  terminationProtection: false,
  assets: [],
  dockerImages: [],
  origins: new Map(),
  missingContext: [],
};

const state: StackState = {
  stackName: "Todo",
  stackId: "arn:aws:cloudformation:us-east-1:123456789012:stack/Todo/1",
  status: "UPDATE_COMPLETE",
  parameters: {},
  tags: {},
  outputs: {},
  terminationProtection: false,
};

function input(
  change: Partial<StackPlanInput> = {},
  template: object = { Resources: { A: { Type: "T" } } },
): StackPlanInput {
  const text = JSON.stringify(template);
  const staged = { text, template };
  return {
    stack,
    staged,
    synthesized: staged,
    state,
    deployedTemplate: text,
    parameters: {},
    fence: 7,
    ...change,
  };
}

describe("the plan of a stack", () => {
  it("does nothing when template, parameters and tags are as deployed", () => {
    expect(planStack(input())).toMatchObject({ action: "none", reasons: [] });
  });

  it("sees the same template in other formatting as the same", () => {
    const spaced = JSON.stringify({ Resources: { A: { Type: "T" } } }, null, 2);
    expect(planStack(input({ deployedTemplate: spaced })).action).toBe("none");
  });

  it.each([
    ["a template that differs", { deployedTemplate: "{}" }, "the template differs"],
    ["tags that differ", { state: { ...state, tags: { team: "a" } } }, "the tags differ"],
  ])("updates for %s", (_name, change, reason) => {
    expect(planStack(input(change))).toMatchObject({ action: "update", reasons: [reason] });
  });

  it("updates for a pin that differs, and passes it", () => {
    const template = { Parameters: { LiveVersionA: { Type: "String", Default: "" } } };
    const pinned = { ...state, parameters: { LiveVersionA: "1" } };
    const plan = planStack(input({ state: pinned, parameters: { LiveVersionA: "2" } }, template));
    expect(plan).toMatchObject({
      action: "update",
      parameters: { LiveVersionA: "2" },
      reasons: ["the parameter LiveVersionA differs"],
    });
  });

  it("keeps a parameter's previous value where none is given", () => {
    const template = { Parameters: { Size: { Type: "String" } } };
    const plan = planStack(input({ state: { ...state, parameters: { Size: "3" } } }, template));
    expect(plan).toMatchObject({ action: "none", keptParameters: ["Size"], parameters: {} });
  });

  it("looks again for an SSM parameter, unless it says that it may be skipped", () => {
    const of = (Description: string) => ({
      Parameters: { P: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/x", Description } },
    });
    expect(planStack(input({}, of(""))).action).toBe("update");
    expect(planStack(input({}, of("… [cdk:skip]"))).action).toBe("none");
  });

  it("takes no update for an SSM parameter with the value that the last update saw", () => {
    const Type = "AWS::SSM::Parameter::Value<String>";
    const template = { Parameters: { P: { Type, Default: "/x" }, Other: { Type, Default: "/y" } } };
    const looked = { ...state, parameters: { P: "/x", Other: "/y" }, resolved: { P: "1", Other: "1" } };
    const reasonsOf = (values: Readonly<Record<string, string>>, parameters = {}) =>
      planStack(input({ state: looked, ssmValues: new Map(Object.entries(values)), parameters }, template)).reasons;
    expect(reasonsOf({ "/x": "1", "/y": "1" })).toEqual([]);
    expect(reasonsOf({ "/x": "1", "/y": "2" })).toEqual(["the value behind the SSM parameter Other differs"]);
    expect(reasonsOf({ "/x": "1" })).toEqual(["the value behind the SSM parameter Other may differ"]);
    expect(reasonsOf({ "/x": "1", "/y": "1", "/z": "1" }, { P: "/z" })).toEqual([
      "the value behind the SSM parameter P differs",
    ]);
  });

  it("never deletes the rest of a stack whose deletion failed", () => {
    const half = { ...state, status: "DELETE_FAILED", statusReason: "The bucket is not empty" };
    expect(() => planStack(input({ state: half }))).toThrow(
      expect.objectContaining({
        code: "StackHalfDeleted",
        message: expect.stringContaining("DELETE_FAILED: The bucket is not empty"),
        fix: expect.stringContaining("--retain-resources"),
      }),
    );
  });

  it("creates what is missing or was only reviewed", () => {
    expect(planStack(input({ state: undefined })).action).toBe("create");
    expect(planStack(input({ state: { ...state, status: "REVIEW_IN_PROGRESS" } })).action).toBe("create");
  });

  it("starts over what failed at its first creation", () => {
    expect(planStack(input({ state: { ...state, status: "ROLLBACK_COMPLETE" } })).action).toBe("recreate");
  });

  it("gives the change set the same name for the same plan, and another for another plan or fence", () => {
    const name = (change: Partial<StackPlanInput>) => planStack(input(change)).changeSetName;
    expect(name({})).toBe(name({}));
    expect(name({ fence: 8 })).not.toBe(name({}));
    expect(name({ stack: { ...stack, tags: { a: "b" } } })).not.toBe(name({}));
    expect(name({})).toMatch(/^tidegate-7-[0-9a-f]{16}$/);
  });

  it.each([
    ["UPDATE_IN_PROGRESS", /is UPDATE_IN_PROGRESS/],
    ["UPDATE_ROLLBACK_FAILED", /is UPDATE_ROLLBACK_FAILED/],
  ])("fails when the stack is %s", (status, words) => {
    expect(() => planStack(input({ state: { ...state, status } }))).toThrow(words);
  });
});
