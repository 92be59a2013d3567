import { expect, test } from "vitest";
import { RequestChecks } from "../../../lib/local/kit/request-checks.ts";
import { requireValid } from "../../../lib/local/kit/require-valid.ts";

const NOT_MET = "failed to satisfy constraint: Member must";

test("refuses a request with all of its problems at once, in AWS's words", () => {
  const checks = new RequestChecks()
    .required("name", undefined)
    .length("name", "x", 3, 255)
    .range("limit", 1001, 1, 1000)
    .pattern("key", "a b", /[a-z]+/)
    .oneOf("type", "Blue", ["Red", "Green"]);
  expect(() => checks.done()).toThrow(
    [
      `5 validation errors detected: Value null at 'name' ${NOT_MET} not be null`,
      `Value 'x' at 'name' ${NOT_MET} have length greater than or equal to 3`,
      `Value '1001' at 'limit' ${NOT_MET} have value less than or equal to 1000`,
      `Value 'a b' at 'key' ${NOT_MET} satisfy regular expression pattern: [a-z]+`,
      `Value 'Blue' at 'type' ${NOT_MET} satisfy enum value set: [Red, Green]`,
    ].join("; "),
  );
});

test("lets members pass that are left out and not required", () => {
  const checks = new RequestChecks().length("a", undefined, 1).range("b", undefined, 1).pattern("c", undefined, /x/);
  expect(() => checks.done()).not.toThrow();
});

test("names ten problems at most", () => {
  const checks = new RequestChecks();
  for (let index = 0; index < 12; index++) checks.required(`member${index}`, undefined);
  expect(() => checks.done()).toThrow(/^10 validation errors detected: (?!.*member10)/);
});

test("checks a table of constraints, with numbers by their value and texts by their length", () => {
  expect(() =>
    requireValid(
      { member: "days", value: 400, max: 365 },
      { member: "name", value: "", min: 1, isRequired: true },
      { member: "note", value: undefined, max: 1 },
    ),
  ).toThrow(
    `2 validation errors detected: Value '400' at 'days' ${NOT_MET} have value less than or equal to 365; ` +
      `Value '' at 'name' ${NOT_MET} have length greater than or equal to 1`,
  );
});
