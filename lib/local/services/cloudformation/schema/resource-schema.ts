import data from "./resource-schemas.json" with { type: "json" };

/** A property's type: a scalar's name, a list, a map, a named type, or one of several. */
export type PropertyType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "json"
  | { readonly list: PropertyType }
  | { readonly map: PropertyType }
  | { readonly ref: string }
  | { readonly any: readonly PropertyType[] };

/** A property as the distilled schema of its resource type describes it. */
export interface PropertySchema {
  readonly type: PropertyType;
  readonly required?: true;
  /** Whether a change needs a new resource. */
  readonly replace?: "yes" | "maybe";
}

/** What CloudFormation knows of a resource type. Source: `@aws-cdk/aws-service-spec`, see the script that writes it. */
export interface ResourceSchema {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  /** The named types that properties refer to. */
  readonly types: Readonly<Record<string, Readonly<Record<string, PropertySchema>>>>;
  readonly attributes: readonly string[];
  readonly primaryIdentifier: readonly string[];
  /** The property that takes tags, and whether they are a list of Key and Value or a map. */
  readonly tags?: { readonly property: string; readonly form: "list" | "map" };
}

const schemas: ReadonlyMap<string, ResourceSchema> = new Map(
  Object.entries(data as unknown as Record<string, ResourceSchema>),
);

/** The schema of a carried type. */
export function resourceSchema(type: string): ResourceSchema | undefined {
  return schemas.get(type);
}
