import { UNKNOWN } from "../../../../template/value-scope.ts";
import { isObject } from "../../../../template/is-object.ts";
import type { PropertySchema, PropertyType, ResourceSchema } from "./resource-schema.ts";
import { textOf } from "../../../../template/text.ts";

/** What is wrong with a resource's properties, in AWS's words; empty when nothing is. Unknown values pass. */
export function findPropertyProblems(schema: ResourceSchema, properties: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  checkObject(schema, schema.properties, properties, "", problems);
  return problems;
}

/** The properties with every scalar in the type that the schema gives: CloudFormation takes `"128"` for 128. */
export function coerceProperties(
  schema: ResourceSchema | undefined,
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return schema ? coerceObject(schema, schema.properties, properties) : properties;
}

function checkObject(
  schema: ResourceSchema,
  members: Readonly<Record<string, PropertySchema>>,
  value: Readonly<Record<string, unknown>>,
  path: string,
  problems: string[],
): void {
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(members, name));
  if (unknown.length > 0)
    problems.push(`Encountered unsupported properties in {${path || "/"}}: [${unknown.join(", ")}]`);
  for (const [name, member] of Object.entries(members)) {
    if (!Object.hasOwn(value, name)) {
      if (member.required) problems.push(`The property {${path}/${name}} is required`);
    } else checkValue(schema, member.type, value[name], `${path}/${name}`, problems);
  }
}

function checkValue(
  schema: ResourceSchema,
  type: PropertyType,
  value: unknown,
  path: string,
  problems: string[],
): void {
  if (value === UNKNOWN || type === "json") return;
  if (typeof type === "string") {
    if (coerceScalar(type, value) === undefined)
      problems.push(`Value of property {${path}} does not match type {${titleOf(type)}}`);
  } else if ("list" in type) {
    if (!Array.isArray(value)) problems.push(`Value of property {${path}} does not match type {List}`);
    else value.forEach((item, index) => checkValue(schema, type.list, item, `${path}/${index}`, problems));
  } else if ("map" in type) {
    if (!isObject(value)) problems.push(`Value of property {${path}} does not match type {Map}`);
    else
      for (const [key, item] of Object.entries(value)) checkValue(schema, type.map, item, `${path}/${key}`, problems);
  } else if ("ref" in type) {
    if (!isObject(value)) problems.push(`Value of property {${path}} does not match type {Object}`);
    else checkObject(schema, schema.types[type.ref]!, value, path, problems);
  } else if (!type.any.some((item) => fits(schema, item, value))) {
    problems.push(`Value of property {${path}} does not match any of its types`);
  }
}

function fits(schema: ResourceSchema, type: PropertyType, value: unknown): boolean {
  const problems: string[] = [];
  checkValue(schema, type, value, "", problems);
  return problems.length === 0;
}

function titleOf(type: string): string {
  return type.charAt(0).toUpperCase() + type.slice(1);
}

function coerceScalar(type: "string" | "integer" | "number" | "boolean", value: unknown): unknown {
  if (typeof value === "object") return undefined;
  const text = textOf(value);
  if (type === "string") return text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  const number = Number(text);
  const ok = text.trim() !== "" && (type === "integer" ? Number.isInteger(number) : Number.isFinite(number));
  return ok ? number : undefined;
}

function coerceObject(
  schema: ResourceSchema,
  members: Readonly<Record<string, PropertySchema>>,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      Object.hasOwn(members, name) ? coerceValue(schema, members[name]!.type, item) : item,
    ]),
  );
}

function coerceValue(schema: ResourceSchema, type: PropertyType, value: unknown): unknown {
  if (value === UNKNOWN || type === "json") return value;
  if (typeof type === "string") return coerceScalar(type, value) ?? value;
  if ("list" in type) return Array.isArray(value) ? value.map((item) => coerceValue(schema, type.list, item)) : value;
  if ("any" in type) {
    const fitting = type.any.find((item) => fits(schema, item, value));
    return fitting ? coerceValue(schema, fitting, value) : value;
  }
  if (!isObject(value)) return value;
  if ("ref" in type) return coerceObject(schema, schema.types[type.ref]!, value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coerceValue(schema, type.map, item)]));
}
