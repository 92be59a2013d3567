import type { NormalizedSchema } from "@smithy/core/schema";
import { AwsError } from "../aws-error.ts";

/** Refuses a JSON value that is not of its schema's type. */
export type TypeCheck = (value: unknown) => void;

const compiled = new WeakMap<object, TypeCheck>();

/**
 * Makes the check of a schema. Clients send what they are given: without it a number would pass for a string. AWS's
 * words, as seen: "NUMBER_VALUE cannot be converted to String" (localstack#9412), "Start of structure or map found
 * where not expected" (amplify-js#13265); the others are put in the same manner. `jsonName` says whether members go by
 * their JSON names.
 */
export function compileTypeCheck(schema: NormalizedSchema, jsonName: boolean): TypeCheck {
  const key = schema.getSchema();
  if (typeof key !== "object") return makeCheck(schema, jsonName);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  // Schemas may contain themselves: the check is known before it is complete.
  let complete: TypeCheck | undefined;
  const check: TypeCheck = (value) => (complete ??= makeCheck(schema, jsonName))(value);
  compiled.set(key, check);
  return check;
}

function makeCheck(schema: NormalizedSchema, jsonName: boolean): TypeCheck {
  if (schema.isDocumentSchema()) return () => undefined;
  if (schema.isStructSchema()) return structureCheck(schema, jsonName);
  if (schema.isListSchema()) return listCheck(compileTypeCheck(schema.getValueSchema(), jsonName));
  if (schema.isMapSchema()) return mapCheck(compileTypeCheck(schema.getValueSchema(), jsonName));
  if (schema.isStringSchema() || schema.isBlobSchema())
    return scalarCheck("String", (value) => typeof value === "string");
  if (schema.isBooleanSchema()) return scalarCheck("Boolean", (value) => typeof value === "boolean");
  if (schema.isTimestampSchema()) return scalarCheck("Timestamp", (value) => typeof value !== "boolean");
  return scalarCheck("Number", isNumber);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";
}

function structureCheck(schema: NormalizedSchema, jsonName: boolean): TypeCheck {
  const members = new Map<string, TypeCheck>();
  for (const [name, member] of schema.structIterator()) {
    members.set((jsonName ? member.getMergedTraits().jsonName : undefined) ?? name, compileTypeCheck(member, jsonName));
  }
  return (value) => {
    if (value === null) return;
    if (typeof value !== "object" || Array.isArray(value)) throw unexpected(value, "Structure");
    for (const name in value) members.get(name)?.((value as Record<string, unknown>)[name]);
  };
}

function listCheck(element: TypeCheck): TypeCheck {
  return (value) => {
    if (value === null) return;
    if (!Array.isArray(value)) throw unexpected(value, "List");
    for (const item of value) element(item);
  };
}

function mapCheck(element: TypeCheck): TypeCheck {
  return (value) => {
    if (value === null) return;
    if (typeof value !== "object" || Array.isArray(value)) throw unexpected(value, "Map");
    for (const name in value) element((value as Record<string, unknown>)[name]);
  };
}

function scalarCheck(wanted: string, isRight: (value: unknown) => boolean): TypeCheck {
  return (value) => {
    if (value === null) return;
    if (typeof value === "object" || !isRight(value)) throw unexpected(value, wanted);
  };
}

function unexpected(value: unknown, wanted: string): AwsError {
  let message = `${tokenOf(value)} cannot be converted to ${wanted}`;
  if (Array.isArray(value)) message = "Start of list found where not expected";
  else if (typeof value === "object") message = "Start of structure or map found where not expected";
  return new AwsError("SerializationException", message);
}

function tokenOf(value: unknown): string {
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  return typeof value === "number" ? "NUMBER_VALUE" : "STRING_VALUE";
}
