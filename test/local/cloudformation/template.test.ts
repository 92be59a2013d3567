import { describe, expect, test } from "vitest";
import { buildGraph } from "../../../lib/template/graph.ts";
import { checkReferences } from "../../../lib/template/check-references.ts";
import { settleParameters } from "../../../lib/template/parameters.ts";
import { knowsAttribute } from "../../../lib/local/services/cloudformation/prepare/carried.ts";
import { readTemplate } from "../../../lib/template/template.ts";

const parameter = { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: "x" } };

describe("a template is refused in AWS's words when", () => {
  test.for<[name: string, text: string, message: string]>([
    [
      "its JSON is broken",
      '{"Resources": {"A": {"Type": }}}',
      "Template format error: JSON not well-formed. (line 1, column 33)",
    ],
    [
      "its JSON has another character than AWS expects",
      '{"this is invalid JSON"="bobbins"}',
      "Template format error: JSON not well-formed. (line 1, column 25)",
    ],
    [
      "its resources are not an object",
      '{"Resources": ""}',
      "Template format error: Any Resources member must be an object.",
    ],
    ["its YAML is broken", "Resources:\n  A: [", "Template format error: YAML not well-formed. (line 2, column 7)"],
    [
      "a YAML key is there twice",
      "Resources:\n  A: {Type: X}\n  A: {Type: Y}",
      "Template format error: YAML not well-formed. (line 3, column 3)",
    ],
    ["it is a list", "- a", "Template format error: unsupported structure."],
    ["it has no resources", "{}", "Template format error: At least one Resources member must be defined."],
    [
      "a resource is a text",
      '{"Resources": {"A": "x"}}',
      "Template format error: Any Resources member must be an object.",
    ],
    [
      "a resource has no type",
      '{"Resources": {"A": {}}}',
      "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
    ],
    [
      "a resource has a strange member",
      '{"Resources": {"A": {"Type": "X", "Invalid": 1}}}',
      "Invalid template resource property 'Invalid'",
    ],
    [
      "a logical id has a dash",
      '{"Resources": {"my-id": {"Type": "X"}}}',
      "Template format error: Resource name my-id is non alphanumeric.",
    ],
    [
      "a value is null",
      '{"Resources": {"A": {"Type": "X", "Properties": {"P": null}}}}',
      "[/Resources/A/Properties/P] 'null' values are not allowed in templates",
    ],
    [
      "an output has no value",
      '{"Resources": {"A": {"Type": "X"}}, "Outputs": {"O": {}}}',
      "Template format error: Every Outputs member must contain a Value object",
    ],
    [
      "an output's value is null",
      '{"Resources": {"A": {"Type": "X"}}, "Outputs": {"O": {"Value": null}}}',
      "[/Outputs/O/Value] 'null' values are not allowed in templates",
    ],
    [
      "a mapping is too deep",
      '{"Resources": {"A": {"Type": "X"}}, "Mappings": {"M": {"A": {"B": {"C": 1}}}}}',
      "Template format error: Every Mappings attribute must be a String or a List.",
    ],
    [
      "a mapping is too flat",
      '{"Resources": {"A": {"Type": "X"}}, "Mappings": {"M": {"A": 1}}}',
      "Template format error: Every Mappings member A must be a map",
    ],
    [
      "a parameter's name is strange",
      '{"Resources": {"A": {"Type": "X"}}, "Parameters": {"AWS::NoValue": {"Type": "String"}}}',
      "Template format error: Parameter name AWS::NoValue is non alphanumeric.",
    ],
    [
      "a section is unknown",
      '{"Resources": {"A": {"Type": "X"}}, "Ressources": {}}',
      "Invalid template property or properties [Ressources]",
    ],
    [
      "a key is __proto__",
      '{"Resources": {"A": {"Type": "X", "Properties": {"__proto__": {}}}}}',
      "Template format error: '__proto__' is not allowed as a key.",
    ],
    [
      "it uses anchors",
      "Resources:\n  A: &a {Type: X}\n  B: *a",
      "Template format error: YAML aliases are not allowed in CloudFormation templates",
    ],
  ])("%s", ([, text, message]) => {
    expect(() => readTemplate(text)).toThrow(message);
  });

  test("it is nested without end, in JSON and YAML", () => {
    const deep = `{"Resources": {"A": {"Type": "X", "Properties": {"P": ${"[".repeat(5000)}${"]".repeat(5000)}}}}}`;
    expect(() => readTemplate(deep)).toThrow("Template format error: the template is nested too deeply.");
    expect(() => readTemplate(`Resources: ${"[".repeat(300)}${"]".repeat(300)}`)).toThrow("nested too deeply");
  });

  test("it names 501 resources", () => {
    const Resources = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`R${index}`, parameter]));
    expect(() => readTemplate(JSON.stringify({ Resources }))).toThrow(
      "Number of resources, 501, is greater than maximum allowed, 500",
    );
  });
});

describe("a name that leads nowhere is refused:", () => {
  const withValue = (Value: unknown, more: object = {}) =>
    JSON.stringify({ Resources: { A: { ...parameter, Properties: { Type: "String", Value } } }, ...more });

  test.for<[name: string, text: string, message: string]>([
    [
      "Ref",
      withValue({ Ref: "Missing" }),
      "Template format error: Unresolved resource dependencies [Missing] in the Resources block of the template",
    ],
    [
      "Sub",
      withValue({ "Fn::Sub": "${Missing.Arn}" }),
      "Template format error: Unresolved resource dependencies [Missing] in the Resources block of the template",
    ],
    [
      "GetAtt of a parameter",
      withValue({ "Fn::GetAtt": ["P", "Arn"] }, { Parameters: { P: { Type: "String", Default: "" } } }),
      "Unresolved resource dependencies [P] in the Resources block",
    ],
    [
      "DependsOn",
      JSON.stringify({ Resources: { A: { ...parameter, DependsOn: "Missing" } } }),
      "Unresolved resource dependencies [Missing] in the Resources block",
    ],
    [
      "an output",
      withValue("x", { Outputs: { O: { Value: { Ref: "Missing" } } } }),
      "Template format error: Unresolved resource dependencies [Missing] in the Outputs block of the template",
    ],
    [
      "an attribute",
      withValue({ "Fn::GetAtt": ["A", "Nothing"] }),
      "Template error: resource A does not support attribute type Nothing in Fn::GetAtt",
    ],
    [
      "a condition",
      JSON.stringify({ Resources: { A: { ...parameter, Condition: "Missing" } } }),
      "Template format error: Unresolved condition dependency Missing in the Resources block of the template",
    ],
    [
      "a condition of Fn::If",
      withValue({ "Fn::If": ["Missing", "a", "b"] }),
      "Template error: unresolved condition dependency Missing in Fn::If",
    ],
  ])("%s", ([, text, message]) => {
    expect(() => checkReferences(readTemplate(text), knowsAttribute)).toThrow(message);
  });
});

test("a cycle is refused, and only its members are named", () => {
  const depends = (target: string) => ({ Type: "X", Properties: { V: { Ref: target } } });
  const { resources } = readTemplate(
    JSON.stringify({ Resources: { A: depends("B"), B: depends("C"), C: depends("B"), D: { Type: "X" } } }),
  );
  expect(() => buildGraph(resources, () => true)).toThrow("Circular dependency between resources: [B, C]");
});

describe("a parameter is refused in AWS's words when", () => {
  const settle = (
    declaration: object,
    given: { ParameterKey: string; ParameterValue?: string; UsePreviousValue?: boolean }[],
  ) =>
    settleParameters(
      readTemplate(
        JSON.stringify({ Resources: { A: parameter }, Parameters: { P: { Type: "String", ...declaration } } }),
      ),
      given,
      [],
      async () => new Map(),
    );
  const p = (ParameterValue: string) => [{ ParameterKey: "P", ParameterValue }];

  test.for<
    [name: string, declaration: object, given: { ParameterKey: string; ParameterValue?: string }[], message: string]
  >([
    ["it has no value", {}, [], "Parameters: [P] must have values"],
    [
      "it is unknown",
      { Default: "x" },
      [{ ParameterKey: "Q", ParameterValue: "1" }],
      "Parameters: [Q] do not exist in the template",
    ],
    ["it is not a number", { Type: "Number" }, p("x"), "Parameter 'P' must be a number."],
    ["it is too small", { Type: "Number", MinValue: 3 }, p("2"), "Parameter 'P' must be a number not less than 3"],
    ["it is too long", { MaxLength: 2 }, p("abc"), "Parameter 'P' must contain at most 2 characters"],
    ["it is not allowed", { AllowedValues: ["a"] }, p("b"), "Parameter 'P' must be one of AllowedValues"],
    ["it does not match", { AllowedPattern: "[a-z]+" }, p("B"), "Parameter 'P' must match pattern [a-z]+"],
    [
      "its own words say so",
      { AllowedPattern: "[a-z]+", ConstraintDescription: "only letters" },
      p("B"),
      "Parameter 'P' failed to satisfy constraint: only letters",
    ],
    [
      "the store has none",
      { Type: "AWS::SSM::Parameter::Value<String>" },
      p("/none"),
      "Unable to fetch parameters [/none] from parameter store for this account.",
    ],
  ])("%s", async ([, declaration, given, message]) => {
    await expect(settle(declaration, given)).rejects.toThrow(message);
  });
});
