import type { NormalizedSchema } from "@smithy/core/schema";
import type { StaticStructureSchema } from "@smithy/types";

/** Where a member of a REST operation travels. */
export type BindingPlace =
  | "label"
  | "query"
  | "queryParams"
  | "header"
  | "prefixHeaders"
  | "payload"
  | "status"
  | "body";

/** One member and its place. */
export interface Binding {
  readonly member: string;
  readonly schema: NormalizedSchema;
  readonly place: BindingPlace;
  /** The name in the query or among the headers (lower case). */
  readonly wireName: string;
  /** For lists and maps outside the body: how one value is read. */
  readonly element: NormalizedSchema | undefined;
  readonly required: boolean;
}

/** The members of an input, output or error by where they travel. */
export interface Bindings {
  readonly all: readonly Binding[];
  readonly payload: Binding | undefined;
  /** The members that share the document in the body, as a structure of their own. */
  readonly body: StaticStructureSchema | undefined;
}

/** Sorts a structure's members by their HTTP traits. Labels and queries are only meant in requests. */
export function readBindings(shape: NormalizedSchema, direction: "request" | "response"): Bindings {
  if (!shape.isStructSchema()) return { all: [], payload: undefined, body: undefined };
  const source = shape.getSchema() as StaticStructureSchema;
  const requiredCount = source[6] ?? 0;
  const all = [...shape.structIterator()].map(([member, schema], index) =>
    readBinding(member, schema, direction, index < requiredCount),
  );
  const inBody = all.filter((binding) => binding.place === "body");
  return {
    all,
    payload: all.find((binding) => binding.place === "payload"),
    body:
      inBody.length === 0
        ? undefined
        : [
            3,
            source[1],
            source[2],
            shape.getMergedTraits(),
            inBody.map((binding) => binding.member),
            inBody.map((binding) => binding.schema),
          ],
  };
}

function readBinding(
  member: string,
  schema: NormalizedSchema,
  direction: "request" | "response",
  required: boolean,
): Binding {
  const traits = schema.getMergedTraits();
  const prefix = traits.httpPrefixHeaders;
  let place: BindingPlace = "body";
  let wireName = member;
  if (traits.httpPayload) place = "payload";
  else if (traits.httpHeader) [place, wireName] = ["header", traits.httpHeader.toLowerCase()];
  else if (prefix !== undefined) [place, wireName] = ["prefixHeaders", prefix.toLowerCase()];
  else if (direction === "response") place = traits.httpResponseCode ? "status" : "body";
  else if (traits.httpLabel) place = "label";
  else if (traits.httpQuery) [place, wireName] = ["query", traits.httpQuery];
  else if (traits.httpQueryParams) place = "queryParams";
  return { member, schema, place, wireName, element: readElement(schema, place), required };
}

function readElement(schema: NormalizedSchema, place: BindingPlace): NormalizedSchema | undefined {
  if (place === "body" || place === "payload") return undefined;
  if (!schema.isListSchema() && !schema.isMapSchema()) return undefined;
  const element = schema.getValueSchema();
  const { httpHeader, httpQuery } = schema.getMergedTraits();
  if (httpHeader) Object.assign(element.getMergedTraits(), { httpHeader });
  if (httpQuery) Object.assign(element.getMergedTraits(), { httpQuery });
  return element;
}
