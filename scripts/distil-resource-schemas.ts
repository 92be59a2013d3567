import { readFileSync, writeFileSync } from "node:fs";
import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import type {
  PropertySchema,
  PropertyType,
  ResourceSchema,
} from "../lib/local/services/cloudformation/schema/resource-schema.ts";
import type { ReplacingProperties } from "../lib/template/replacing-properties.ts";

// Distils the AWS service specification into two small files that ship with the product: what CloudFormation knows of
// each carried resource type, and which properties of every type need a new resource when they change. Run it after a resource type was added: `node scripts/distil-resource-schemas.ts`.
// The same specification gives the same bytes. `--check` only compares.

/** Types whose properties are the user's own. */
const OPEN_TYPES = new Set(["AWS::CloudFormation::CustomResource", "Custom::*"]);

const SCHEMAS = new URL("../lib/local/services/cloudformation/schema/resource-schemas.json", import.meta.url);
const REPLACING = new URL("../lib/template/replacing-properties.json", import.meta.url);

type Database = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type SpecResource = ReturnType<Database["all"]>[number] & {
  properties: Record<string, SpecProperty>;
  attributes: Record<string, unknown>;
  primaryIdentifier?: string[];
  tagInformation?: { tagPropertyName: string; variant: string };
};
interface SpecProperty {
  type: SpecType;
  required?: boolean;
  causesReplacement?: string;
}
type SpecType =
  | { type: "array" | "map"; element: SpecType }
  | { type: "union"; types: SpecType[] }
  | { type: "ref"; reference: { $ref: string } }
  | { type: string };

const { carriedTypeNames } = await import("../lib/local/services/cloudformation/types/registry.ts");
const database = await loadAwsServiceSpec();
write(SCHEMAS, distilAll(carriedTypeNames()));
write(REPLACING, replacingProperties());

/** Writes a file of one line for each type, or compares it. */
function write(target: URL, entries: Readonly<Record<string, unknown>>): void {
  const lines = Object.entries(entries).map(([type, value]) => `"${type}": ${JSON.stringify(value)}`);
  const text = `{\n${lines.join(",\n")}\n}\n`;
  const name = target.pathname.split("/").at(-1);
  if (!process.argv.includes("--check")) {
    writeFileSync(target, text);
    console.log(`${name}: ${(text.length / 1024).toFixed(0)} KiB written`);
  } else if (readFileSync(target, "utf8") !== text) {
    console.error(`${name} is out of date: run node scripts/distil-resource-schemas.ts`);
    process.exitCode = 1;
  }
}

/** The properties of every type whose change needs a new resource, and those where it may. */
function replacingProperties(): Record<string, ReplacingProperties> {
  const result: Record<string, ReplacingProperties> = {};
  const resources = database.all("resource").toSorted((a, b) => (a.cloudFormationType < b.cloudFormationType ? -1 : 1));
  for (const { cloudFormationType: type, properties } of resources) {
    const named = (wanted: string) =>
      Object.keys(properties)
        .filter((name) => properties[name]?.causesReplacement === wanted)
        .sort();
    const [yes, maybe] = [named("yes"), named("maybe")];
    if (yes.length + maybe.length > 0) result[type] = { yes, ...(maybe.length > 0 && { maybe }) };
  }
  return result;
}

function distilAll(types: readonly string[]): Record<string, ResourceSchema> {
  const result: Record<string, ResourceSchema> = {};
  for (const type of [...types].sort()) {
    if (OPEN_TYPES.has(type)) continue;
    const [resource] = database.lookup("resource", "cloudFormationType", "equals", type) as unknown as SpecResource[];
    if (!resource) {
      console.error(`${type} is not in the service specification: it goes without a schema`);
      continue;
    }
    result[type] = distil(resource);
  }
  return result;
}

function distil(resource: SpecResource): ResourceSchema {
  const definitions = new Map<string, Record<string, SpecProperty>>();
  const byId = new Map<string, string>();
  for (const { entity } of database.follow("usesType", resource as never) as unknown as {
    entity: { $id: string; name: string; properties: Record<string, SpecProperty> };
  }[]) {
    definitions.set(entity.name, entity.properties);
    byId.set(entity.$id, entity.name);
  }
  const used = new Set<string>();
  const convert = (type: SpecType): PropertyType => convertType(type, byId, used);
  const properties = convertProperties(resource.properties, convert);
  const types: Record<string, Record<string, PropertySchema>> = {};
  for (const name of used) types[name] = convertProperties(definitions.get(name)!, convert);
  const tags = resource.tagInformation;
  return {
    properties,
    types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))),
    attributes: Object.keys(resource.attributes).sort(),
    primaryIdentifier: resource.primaryIdentifier ?? [],
    ...(tags && { tags: { property: tags.tagPropertyName, form: tags.variant === "map" ? "map" : "list" } as const }),
  };
}

function convertProperties(
  properties: Record<string, SpecProperty>,
  convert: (type: SpecType) => PropertyType,
): Record<string, PropertySchema> {
  const result: Record<string, PropertySchema> = {};
  for (const name of Object.keys(properties).sort()) {
    const property = properties[name]!;
    const replace = property.causesReplacement;
    result[name] = {
      type: convert(property.type),
      ...(property.required && { required: true as const }),
      ...((replace === "yes" || replace === "maybe") && { replace: replace }),
    };
  }
  return result;
}

function convertType(type: SpecType, byId: ReadonlyMap<string, string>, used: Set<string>): PropertyType {
  if ("element" in type) {
    const element = convertType(type.element, byId, used);
    return type.type === "array" ? { list: element } : { map: element };
  }
  if ("types" in type) return { any: type.types.map((item) => convertType(item, byId, used)) };
  if ("reference" in type) {
    const name = byId.get(type.reference.$ref)!;
    used.add(name);
    return { ref: name };
  }
  const scalars: Record<string, PropertyType> = {
    string: "string",
    integer: "integer",
    number: "number",
    boolean: "boolean",
  };
  return scalars[type.type] ?? (type.type === "date-time" ? "string" : "json");
}
