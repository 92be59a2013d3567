import { fullDiff } from "@aws-cdk/cloudformation-diff";
import { array, assert, constantFrom, property, record } from "fast-check";
import { expect, it } from "vitest";
import type { Template, TemplateResource } from "../../lib/assembly/assembly.ts";
import { templateChanges } from "../../lib/deploy/template-changes.ts";

const template = (Resources: Readonly<Record<string, TemplateResource>>): Template => ({ Resources });
const changed = (
  before: Readonly<Record<string, TemplateResource>>,
  after: Readonly<Record<string, TemplateResource>>,
) => templateChanges(template(before), template(after)).map(({ logicalId, change }) => `${logicalId}: ${change}`);

const queue = (name: unknown, delay?: unknown): TemplateResource => ({
  Type: "AWS::SQS::Queue",
  Properties: { QueueName: name, ...(delay !== undefined && { DelaySeconds: delay }) },
});
const policy = (target: unknown): TemplateResource => ({
  Type: "AWS::SQS::QueuePolicy",
  Properties: { Queues: [target], PolicyDocument: {} },
});

it.each<[string, Record<string, TemplateResource>, Record<string, TemplateResource>, string[]]>([
  ["nothing", { Q: queue("a") }, { Q: queue("a") }, []],
  ["a new resource", {}, { Q: queue("a") }, ["Q: add"]],
  ["a removed one", { Q: queue("a") }, {}, ["Q: remove"]],
  ["a removed one that is retained", { Q: { ...queue("a"), DeletionPolicy: "Retain" } }, {}, ["Q: orphan"]],
  ["a property that can be updated", { Q: queue("a", 1) }, { Q: queue("a", 2) }, ["Q: update"]],
  ["a number as text", { Q: queue("a", 1) }, { Q: queue("a", "1") }, []],
  ["a property that needs a new resource", { Q: queue("a") }, { Q: queue("b") }, ["Q: replace"]],
  ["another type", { Q: queue("a") }, { Q: policy("a") }, ["Q: replace"]],
  [
    "GetAtt in its short form",
    { P: policy({ "Fn::GetAtt": "Q.Arn" }) },
    { P: policy({ "Fn::GetAtt": ["Q", "Arn"] }) },
    [],
  ],
  ["the order of DependsOn", { Q: dependent(["A", "B"]) }, { Q: dependent(["B", "A"]) }, []],
  ["another DependsOn", { Q: dependent(["A"]) }, { Q: dependent("B") }, ["Q: update"]],
  [
    "a custom resource, whose properties no specification has",
    { C: { Type: "Custom::Thing", Properties: { Value: 1 } } },
    { C: { Type: "Custom::Thing", Properties: { Value: 2 } } },
    ["C: update"],
  ],
])("%s", (_what, before, after, expected) => {
  expect(changed(before, after)).toEqual(expected);
});

function dependent(on: string | string[]): TemplateResource {
  return { ...queue("a"), DependsOn: on };
}

it("replaces what refers to a replaced resource in a property that needs a new one, over any number of steps", () => {
  const alias = (version: unknown): TemplateResource => ({
    Type: "AWS::Lambda::Permission",
    Properties: { FunctionName: version, Action: "lambda:InvokeFunction", Principal: "sqs.amazonaws.com" },
  });
  const fn = (name: string): TemplateResource => ({
    Type: "AWS::Lambda::Function",
    Properties: { FunctionName: name },
  });
  const version: TemplateResource = { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "F" } } };
  const rest = { V: version, P: alias({ "Fn::Sub": "${V}" }), Q: queue("q", { Ref: "V" }) };
  expect(changed({ F: fn("a"), ...rest }, { F: fn("b"), ...rest })).toEqual(["F: replace", "V: replace", "P: replace"]);
});

/** The CDK's word for each change. */
const IMPACT = {
  WILL_CREATE: "add",
  WILL_UPDATE: "update",
  WILL_REPLACE: "replace",
  MAY_REPLACE: "may-replace",
  WILL_DESTROY: "remove",
  WILL_ORPHAN: "orphan",
} as const;

it("agrees with the difference that the CDK shows, for random templates of types that the specification has", () => {
  const value = constantFrom<unknown>("a", "b", 1, "1", { Ref: "A" }, { "Fn::GetAtt": ["B", "Arn"] }, ["x"]);
  const resource = record({
    Type: constantFrom("AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::RDS::DBInstance"),
    Properties: record(
      { QueueName: value, DelaySeconds: value, FunctionName: value, Name: value, Port: value, KmsKeyId: value },
      { requiredKeys: [] },
    ),
    DeletionPolicy: constantFrom("Delete", "Retain"),
  });
  const resources = record({ A: resource, B: resource, C: resource, D: resource }, { requiredKeys: [] });
  assert(
    property(resources, resources, array(constantFrom("A", "B", "C", "D"), { maxLength: 3 }), (before, after, kept) => {
      const next: Record<string, TemplateResource> = { ...after };
      for (const id of kept) {
        const old = (before as Record<string, TemplateResource | undefined>)[id];
        if (old !== undefined) next[id] = { ...old, Properties: { ...old.Properties, ...next[id]?.Properties } };
      }
      const known = (list: readonly (readonly [string, string | undefined])[]) => list.map(String).toSorted();
      const theirs = Object.entries(fullDiff(template(before), template(next)).resources.changes);
      const ours = templateChanges(template(before), template(next));
      // To the CDK a property that the type does not have is not a change; CloudFormation refuses it.
      const isKnown = (id: string) =>
        theirs.some(([other, { changeImpact }]) => other === id && changeImpact in IMPACT);
      const expected = theirs
        .filter(([, { changeImpact }]) => changeImpact in IMPACT)
        .map(([id, { changeImpact }]) => [id, IMPACT[changeImpact as keyof typeof IMPACT]] as const);
      const actual = ours
        .filter(({ logicalId }) => isKnown(logicalId))
        .map((one) => [one.logicalId, one.change] as const);
      expect(known(actual)).toEqual(known(expected));
    }),
    { numRuns: 300 },
  );
});
