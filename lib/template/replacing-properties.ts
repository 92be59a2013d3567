import data from "./replacing-properties.json" with { type: "json" };

/** The properties of a resource type whose change makes CloudFormation replace the resource. */
export interface ReplacingProperties {
  /** Every change of one of these replaces it. */
  readonly yes: readonly string[];
  /** Some changes of these do. @default - none */
  readonly maybe?: readonly string[];
}

// Source: `@aws-cdk/aws-service-spec`, distilled by `scripts/distil-resource-schemas.ts`: the specification itself takes
// a second to load.
const byType: ReadonlyMap<string, ReplacingProperties> = new Map(Object.entries(data));

/** Whether a change of a property needs a new resource. A type that AWS's specification does not have is updated. */
export function replacementBy(type: string, property: string): "replace" | "may-replace" | "update" {
  const { yes = [], maybe = [] } = byType.get(type) ?? {};
  if (yes.includes(property)) return "replace";
  return maybe.includes(property) ? "may-replace" : "update";
}
