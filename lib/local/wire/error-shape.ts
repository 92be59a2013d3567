import { NormalizedSchema } from "@smithy/core/schema";
import { errorTraits } from "./error-traits.ts";
import type { $SchemaRef, StaticErrorSchema } from "@smithy/types";
import { AwsError } from "../aws-error.ts";
import type { ServiceModel } from "./service-model.ts";

/** A refusal with all that its schema knows: the shape's name, the code for Query clients, the HTTP status. */
export interface ShapedError {
  /** The shape's name, for example `ResourceNotFoundException`. */
  readonly code: string;
  readonly message: string;
  readonly statusCode: number;
  readonly queryCode: string;
  readonly fault: "Sender" | "Receiver";
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly schema: StaticErrorSchema | undefined;
}

/** Completes a service's refusal from the model; an error of any other kind is the server's own failure. */
export function shapeError(error: unknown, model: ServiceModel | undefined): ShapedError {
  if (!(error instanceof AwsError)) return shapeFailure();
  const schema = model?.errors.get(error.code);
  const traits = schema === undefined ? {} : errorTraits(schema);
  const [queryCode = error.queryCode ?? error.code, queryStatus] = traits.awsQueryError ?? [];
  const statusCode = error.statusCode ?? queryStatus ?? traits.httpError ?? 400;
  return {
    code: schema?.[2] ?? error.code,
    queryCode,
    message: error.message,
    statusCode,
    fault: statusCode < 500 ? "Sender" : "Receiver",
    members: error.members,
    headers: error.headers,
    schema,
  };
}

function shapeFailure(): ShapedError {
  return {
    code: "InternalFailure",
    queryCode: "InternalFailure",
    message: "The request processing has failed because of an unknown error, exception or failure.",
    statusCode: 500,
    fault: "Receiver",
    members: {},
    headers: {},
    schema: undefined,
  };
}

/** The part of an error that is sent in the body: a structure to encode, with its values. */
export interface ErrorBody {
  readonly names: string[];
  readonly schemas: $SchemaRef[];
  readonly values: Record<string, unknown>;
}

/**
 * The members that the error's schema puts into the body, with the message under the name that the schema gives it,
 * or as `fallbackName` where it names none.
 */
export function errorBody(error: ShapedError, fallbackName: string): ErrorBody {
  const members = error.schema === undefined ? [] : [...NormalizedSchema.of(error.schema).structIterator()];
  const inBody = members.filter(([, schema]) => !schema.getMergedTraits().httpHeader);
  const names = inBody.map(([name]) => name);
  const schemas: $SchemaRef[] = inBody.map(([, schema]) => schema);
  const values: Record<string, unknown> = {};
  for (const name of names) {
    if (error.members[name] !== undefined) values[name] = error.members[name];
  }
  const messageName = names.find((name) => name.toLowerCase() === "message") ?? fallbackName;
  values[messageName] ??= error.message;
  if (!names.includes(messageName)) {
    names.push(messageName);
    schemas.push(0);
  }
  return { names, schemas, values };
}
