import type { Change, ResourceChange } from "@aws-sdk/client-cloudformation";
import { expect, it } from "vitest";
import type { Expansion } from "../../../lib/deploy/expand/expansion.ts";
import { withoutContraction } from "../../../lib/deploy/expand/without-contraction.ts";

const expansion: Expansion = {
  format: 1,
  held: { Queue: { type: "AWS::SQS::Queue", why: "Shop/Fn refers to it" } },
  sections: { Parameters: [], Conditions: [], Mappings: [], Outputs: [] },
  restore: { Role: { Type: "AWS::IAM::Role" } },
  replaced: [],
};

const change = (LogicalResourceId: string, more: ResourceChange): Change => ({
  Type: "Resource",
  ResourceChange: { LogicalResourceId, ResourceType: "T", ...more },
});
const follows = (CausingEntity: string): ResourceChange => ({
  Action: "Modify",
  Replacement: "Conditional",
  Details: [{ Evaluation: "Dynamic", ChangeSource: "ResourceAttribute", CausingEntity }],
});

it("takes removals of held resources and narrowed policies for the contraction, with what reads them", () => {
  const changes = [
    change("Queue", { Action: "Remove" }),
    change("Role", { Action: "Modify", Replacement: "False" }),
    change("Permission", follows("Fn.Arn")),
    change("Fn", follows("Role.Arn")),
  ];
  expect(withoutContraction(changes, expansion)).toEqual([]);
  expect(withoutContraction(changes, undefined)).toEqual(changes);
});

it.each([
  ["the removal of another resource", change("Table", { Action: "Remove" })],
  ["a resource that is made", change("Queue", { Action: "Add" })],
  ["a policy whose resource is replaced", change("Role", { Action: "Modify", Replacement: "True" })],
  ["a change with a cause of its own", change("Fn", { ...follows("Table.Arn") })],
  ["a change of the template", change("Fn", { Action: "Modify", Details: [{ Evaluation: "Static" }] })],
])("leaves %s to be refused", (_what, foreign) => {
  expect(withoutContraction([foreign], expansion)).toEqual([foreign]);
});
