import { PutItem$ } from "@aws-sdk/client-dynamodb";
import { CreateFunction$ } from "@aws-sdk/client-lambda";
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticStructureSchema } from "@smithy/types";
import { expect, test } from "vitest";
import { readServiceModel } from "../../../lib/local/wire/service-model.ts";
import { compileTypeCheck } from "../../../lib/local/wire/json-types.ts";

const putItem = compileTypeCheck(NormalizedSchema.of(PutItem$[4]), false);
const createFunction = compileTypeCheck(NormalizedSchema.of(CreateFunction$[4]), true);

test("takes what is of its type, and what is not known", () => {
  expect(() =>
    putItem({
      TableName: "t",
      Item: { a: { N: "1" }, b: { L: [{ S: "x" }, { M: { c: { BOOL: true } } }] }, d: { B: "AA==" } },
      Unknown: { anything: [1] },
      ReturnValues: null,
    }),
  ).not.toThrow();
  expect(() =>
    createFunction({ MemorySize: 128, Environment: { Variables: { A: "b" } }, Publish: true }),
  ).not.toThrow();
});

test.each([
  [{ TableName: "t", Item: { a: { N: 1 } } }, "NUMBER_VALUE cannot be converted to String"],
  [{ TableName: true }, "TRUE_VALUE cannot be converted to String"],
  [{ TableName: { a: 1 } }, "Start of structure or map found where not expected"],
  [{ TableName: ["a"] }, "Start of list found where not expected"],
  [{ Item: "x" }, "STRING_VALUE cannot be converted to Map"],
  [{ Item: { a: { L: { S: "x" } } } }, "Start of structure or map found where not expected"],
  [{ Item: { a: { M: { deep: { L: [{ SS: [1] }] } } } } }, "NUMBER_VALUE cannot be converted to String"],
  [[], "Start of list found where not expected"],
  ["text", "STRING_VALUE cannot be converted to Structure"],
])("fails when a value is of another type: %j", (value, message) => {
  expect(() => putItem(value)).toThrow(expect.objectContaining({ code: "SerializationException", message }));
});

test.each([
  [{ MemorySize: "128" }, "STRING_VALUE cannot be converted to Number"],
  [{ Publish: "true" }, "STRING_VALUE cannot be converted to Boolean"],
  [{ Code: { ZipFile: 5 } }, "NUMBER_VALUE cannot be converted to String"],
])("fails when a REST body's value is of another type: %j", (value, message) => {
  expect(() => createFunction(value)).toThrow(expect.objectContaining({ code: "SerializationException", message }));
});

test("fails when a value is nested too deeply, and continues", async () => {
  const { JsonReader } = await import("../../../lib/local/wire/json-reader.ts");
  const model = readServiceModel(await import("@aws-sdk/client-dynamodb"));
  const reader = new JsonReader(model.codec!, false);
  const deep = `{"Item":{"a":${'{"L":['.repeat(50_000)}${"]}".repeat(50_000)}}}`;
  await expect(reader.read(PutItem$[4] as StaticStructureSchema, Buffer.from(deep))).rejects.toMatchObject({
    code: "SerializationException",
  });
});
