import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { resourceSchema } from "../../../lib/local/services/cloudformation/schema/resource-schema.ts";
import { carriedTypeNames } from "../../../lib/local/services/cloudformation/types/registry.ts";

/** Types without a schema: the CDK's own, and those whose properties are the user's. */
const WITHOUT = new Set(["AWS::CDK::Metadata", "AWS::CloudFormation::CustomResource", "Custom::*"]);

test("every carried type has its schema", () => {
  const missing = carriedTypeNames().filter((name) => !WITHOUT.has(name) && !resourceSchema(name));
  expect(missing).toEqual([]);
});

test("the property types are what the schemas give", async () => {
  const script = join(import.meta.dirname, "../../../scripts/generate-property-types.ts");
  await expect(promisify(execFile)(process.execPath, [script, "--check"])).resolves.toMatchObject({ stdout: "" });
});

test("the schemas are what the specification gives today", async () => {
  const script = join(import.meta.dirname, "../../../scripts/distil-resource-schemas.ts");
  await expect(promisify(execFile)(process.execPath, [script, "--check"])).resolves.toMatchObject({ stdout: "" });
});
