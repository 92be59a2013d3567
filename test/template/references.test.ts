import { describe, expect, test } from "vitest";
import { referencesOf, resourceReferencesOf, type Reference } from "../../lib/template/references.ts";

const short = (reference: Reference) =>
  reference.kind === "ImportValue"
    ? ["ImportValue", reference.name]
    : [reference.kind, reference.target, ...("attribute" in reference ? [reference.attribute] : [])];

describe("the references of a value", () => {
  test.each<[string, unknown, unknown[]]>([
    ["a scalar has none", "text", []],
    ["Ref", { Ref: "Queue" }, [["Ref", "Queue"]]],
    ["a pseudo parameter", { Ref: "AWS::Region" }, [["Ref", "AWS::Region"]]],
    ["Fn::GetAtt as a list", { "Fn::GetAtt": ["Queue", "Arn"] }, [["GetAtt", "Queue", "Arn"]]],
    ["Fn::GetAtt as text", { "Fn::GetAtt": "Queue.Arn" }, [["GetAtt", "Queue", "Arn"]]],
    [
      "Fn::GetAtt with a dotted attribute",
      { "Fn::GetAtt": ["Nested", "Outputs.Url"] },
      [["GetAtt", "Nested", "Outputs.Url"]],
    ],
    [
      "Fn::GetAtt in three parts",
      { "Fn::GetAtt": ["Nested", "Outputs", "Url"] },
      [["GetAtt", "Nested", "Outputs.Url"]],
    ],
    [
      "Fn::GetAtt with a computed attribute",
      { "Fn::GetAtt": ["Queue", { Ref: "Attribute" }] },
      [
        ["GetAtt", "Queue", undefined],
        ["Ref", "Attribute"],
      ],
    ],
    [
      "Fn::Sub with names, attributes and literals",
      { "Fn::Sub": "${Queue}/${Table.Arn}/${!Literal}/${AWS::Region}" },
      [
        ["Ref", "Queue"],
        ["GetAtt", "Table", "Arn"],
        ["Ref", "AWS::Region"],
      ],
    ],
    [
      "Fn::Sub with variables of its own",
      { "Fn::Sub": ["${Name}-${Other}", { Name: { "Fn::GetAtt": ["Table", "Arn"] } }] },
      [
        ["GetAtt", "Table", "Arn"],
        ["Ref", "Other"],
      ],
    ],
    ["Fn::ImportValue", { "Fn::ImportValue": "shared:QueueArn" }, [["ImportValue", "shared:QueueArn"]]],
    [
      "Fn::ImportValue with a computed name",
      { "Fn::ImportValue": { "Fn::Sub": "${Base}-QueueArn" } },
      [
        ["ImportValue", { "Fn::Sub": "${Base}-QueueArn" }],
        ["Ref", "Base"],
      ],
    ],
    [
      "functions inside functions, lists and maps",
      { Statement: [{ Resource: { "Fn::Join": ["", [{ "Fn::GetAtt": ["Table", "Arn"] }, "/*"]] } }, { Ref: "Role" }] },
      [
        ["GetAtt", "Table", "Arn"],
        ["Ref", "Role"],
      ],
    ],
    [
      "both branches of Fn::If, and not the condition",
      { "Fn::If": ["IsProd", { Ref: "Big" }, { Ref: "Small" }] },
      [
        ["Ref", "Big"],
        ["Ref", "Small"],
      ],
    ],
    ["an object with a key Ref beside others is a map", { Ref: "Queue", Other: 1 }, []],
    ["a malformed function is walked as a value", { "Fn::GetAtt": [{ Ref: "A" }, "Arn"] }, [["Ref", "A"]]],
    ["an unknown function is walked as a value", { "Fn::Future": [{ Ref: "A" }] }, [["Ref", "A"]]],
  ])("%s", (_name, value, expected) => {
    expect(referencesOf(value).map(short)).toEqual(expected);
  });

  test("take only the branch that counts where conditions are known", () => {
    const value = { "Fn::If": ["IsProd", { "Fn::If": ["IsBig", { Ref: "A" }, { Ref: "B" }] }, { Ref: "C" }] };
    expect(referencesOf(value, (name) => name === "IsProd").map(short)).toEqual([["Ref", "B"]]);
  });

  test("say where they are written", () => {
    const value = {
      Environment: { Variables: { QUEUE: { Ref: "Queue" } } },
      Layers: [{ "Fn::If": ["IsProd", { "Fn::Sub": ["${A}", {}] }, { "Fn::GetAtt": ["B", { Ref: "C" }] }] }],
    };
    expect(referencesOf(value).map(({ path }) => path.join("/"))).toEqual([
      "Environment/Variables/QUEUE/Ref",
      "Layers/0/Fn::If/1/Fn::Sub/0",
      "Layers/0/Fn::If/2/Fn::GetAtt",
      "Layers/0/Fn::If/2/Fn::GetAtt/1/Ref",
    ]);
  });
});

describe("the references of a resource", () => {
  test("are those of its members and of DependsOn, not its condition", () => {
    const resource = {
      Type: "AWS::Lambda::Function",
      Condition: "IsProd",
      DependsOn: ["Policy", "Role"],
      Properties: { Role: { "Fn::GetAtt": ["Role", "Arn"] } },
      Metadata: { Hint: { Ref: "Hint" } },
      DeletionPolicy: { "Fn::If": ["IsProd", { Ref: "Keep" }, "Delete"] },
    };
    expect(resourceReferencesOf(resource).map((each) => [...short(each), each.path.join("/")])).toEqual([
      ["DependsOn", "Policy", "DependsOn/0"],
      ["DependsOn", "Role", "DependsOn/1"],
      ["GetAtt", "Role", "Arn", "Properties/Role/Fn::GetAtt"],
      ["Ref", "Hint", "Metadata/Hint/Ref"],
      ["Ref", "Keep", "DeletionPolicy/Fn::If/1/Ref"],
    ]);
  });

  test("take DependsOn as one name", () => {
    expect(resourceReferencesOf({ Type: "T", DependsOn: "Role" })).toEqual([
      { kind: "DependsOn", target: "Role", path: ["DependsOn"] },
    ]);
  });

  test("are none where the resource is not an object", () => {
    expect(resourceReferencesOf(undefined)).toEqual([]);
  });
});
