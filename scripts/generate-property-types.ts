import { readFileSync, writeFileSync } from "node:fs";
import schemas from "../lib/local/services/cloudformation/schema/resource-schemas.json" with { type: "json" };
import type {
  PropertySchema,
  PropertyType,
  ResourceSchema,
} from "../lib/local/services/cloudformation/schema/resource-schema.ts";

// Writes the properties of each carried resource type as TypeScript, from the distilled schemas. Run it after
// `scripts/distil-resource-schemas.ts`. The same schemas give the same bytes. `--check` only compares.

const TARGET = new URL("../lib/local/services/cloudformation/schema/resource-properties.generated.ts", import.meta.url);

const HEADER = `// Written by scripts/generate-property-types.ts from resource-schemas.json. Do not edit.

/**
 * The properties of each carried resource type, as a handler gets them: checked against the schema, and every scalar in
 * the schema's type.
 */
export interface ResourceProperties {
`;

const text =
  HEADER +
  Object.entries(schemas as unknown as Record<string, ResourceSchema>)
    .map(resourceText)
    .join("") +
  "}\n";
if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== text) {
    console.error("resource-properties.generated.ts is out of date: run node scripts/generate-property-types.ts");
    process.exitCode = 1;
  }
} else writeFileSync(TARGET, text);

function resourceText([name, schema]: [string, ResourceSchema]): string {
  return `  readonly ${JSON.stringify(name)}: ${membersText(schema, schema.properties, "  ", [])};\n`;
}

function membersText(
  schema: ResourceSchema,
  members: Readonly<Record<string, PropertySchema>>,
  indent: string,
  outer: readonly string[],
): string {
  const lines = Object.entries(members).map(([name, { type, required }]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${indent}  readonly ${key}${required ? "" : "?"}: ${typeText(schema, type, `${indent}  `, outer)};\n`;
  });
  return lines.length === 0 ? "object" : `{\n${lines.join("")}${indent}}`;
}

/** Named types are written out where they are used; one that holds itself is unknown inside. */
function typeText(schema: ResourceSchema, type: PropertyType, indent: string, outer: readonly string[]): string {
  if (type === "json") return "unknown";
  if (type === "integer") return "number";
  if (typeof type === "string") return type;
  if ("list" in type) return `readonly (${typeText(schema, type.list, indent, outer)})[]`;
  if ("map" in type) return `Readonly<Record<string, ${typeText(schema, type.map, indent, outer)}>>`;
  if ("any" in type) return type.any.map((item) => typeText(schema, item, indent, outer)).join(" | ");
  const members = schema.types[type.ref];
  if (members === undefined || outer.includes(type.ref)) return "unknown";
  return membersText(schema, members, indent, [...outer, type.ref]);
}
