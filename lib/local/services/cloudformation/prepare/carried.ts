import { getKnown } from "../../../../util/get-known.ts";
import { AwsError } from "../../../aws-error.ts";
import { resourceSchema } from "../schema/resource-schema.ts";
import type { ResourceDeclaration } from "../../../../template/template.ts";
import { carriedTypeNames, resourceType } from "../types/registry.ts";

/** Refuses, before anything is made, a template with types that the local cloud does not support: all of them, by name. */
export function checkCarried(resources: ReadonlyMap<string, ResourceDeclaration>): void {
  const missing = new Map<string, string[]>();
  for (const { type, logicalId } of resources.values()) {
    if (resourceType(type)) continue;
    missing.set(type, [...(missing.get(type) ?? []), logicalId]);
  }
  if (missing.size === 0) return;
  const types = [...missing.keys()].sort();
  const where = types.map((type) => `${type} (${getKnown(missing, type).join(", ")})`).join(", ");
  throw new AwsError(
    "ValidationError",
    `Template format error: Unrecognized resource types: [${types.join(", ")}]. ` +
      `The local cloud does not support ${where}. ${sameService(types)}Deploy to AWS for these, or leave them out with a condition.`,
  );
}

/** What is carried of the same services, so that a near miss is seen. */
function sameService(types: readonly string[]): string {
  const services = new Set(types.map((type) => type.split("::").slice(0, 2).join("::")));
  const near = carriedTypeNames().filter((type) => services.has(type.split("::").slice(0, 2).join("::")));
  return near.length === 0 ? "" : `Of the same services it supports ${near.join(", ")}. `;
}

/** Whether a type answers `Fn::GetAtt` for an attribute; undefined where that is open. */
export function knowsAttribute(type: string, attribute: string): boolean | undefined {
  const handler = resourceType(type);
  const schema = resourceSchema(type);
  if (!handler || handler.extraAttributes?.includes("*") || !schema) return undefined;
  const first = attribute.split(".")[0]!;
  return (
    schema.attributes.includes(attribute) ||
    Object.hasOwn(schema.properties, first) ||
    (handler.extraAttributes?.includes(attribute) ?? false)
  );
}
