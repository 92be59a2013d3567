import { expect, test } from "vitest";
import { surelyDiffers } from "../../../lib/deploy/versions/surely-differs.ts";

const queue = { Ref: "Jobs" };
const arn = { "Fn::GetAtt": ["Jobs", "Arn"] };
const other = { "Fn::GetAtt": ["Others", "Arn"] };
const imported = { "Fn::ImportValue": "jobs" };
const choice = { "Fn::If": ["IsLarge", "x", { Ref: "AWS::NoValue" }] };
const join = (...parts: unknown[]) => ({ "Fn::Join": ["/", parts] });

test.each<[boolean, unknown, unknown]>([
  [false, "a", "a"],
  [true, "a", "b"],
  [false, 128, "128"],
  [false, { A: "a" }, { A: "a" }],
  [true, { A: "a" }, {}],
  [true, {}, { A: queue }],
  [true, {}, { A: "{{resolve:ssm:/a}}" }],
  [false, {}, { A: choice }],
  [false, "a", queue],
  [false, "a", "{{resolve:ssm:/a}}"],
  [false, imported, arn],
  [true, arn, other],
  [true, queue, { Ref: "Others" }],
  [true, join("a", arn), join("b", arn)],
  [false, join("a", arn), "a/b"],
  [true, ["a"], ["a", "b"]],
])("surely differs: %s for %j and %j, in either order", (expected, one, two) => {
  const isResource = (name: string) => name === "Jobs" || name === "Others";
  expect(surelyDiffers(one, two, isResource)).toBe(expected);
  expect(surelyDiffers(two, one, isResource)).toBe(expected);
});
