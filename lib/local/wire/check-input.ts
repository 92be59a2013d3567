import type { NormalizedSchema } from "@smithy/core/schema";
import { AwsError } from "../aws-error.ts";
import { constraintProblem, constraintText } from "../kit/constraint-text.ts";
import { malformed, malformedXml } from "./malformed.ts";
import type { OperationModel, ProtocolName } from "./service-model.ts";

/** AWS lists no more than ten problems of one request. */
const MAX_PROBLEMS = 10;

/** A required member that a request leaves out. */
export interface MissingMember {
  /** As AWS's newer services write it: `requestItems.orders.member.keys`. */
  readonly path: string;
  /** The member's own name: `Keys`. */
  readonly name: string;
}

/** A service's own refusal of a request without these members; undefined where it has AWS's usual one. */
export type MissingMembersQuirk = (operation: string, missing: readonly MissingMember[]) => AwsError | undefined;

/** Adds the members that are missing under `value`; throws for a value of another type than its schema's. */
type Check = (value: unknown, path: string, missing: MissingMember[]) => void;

const compiled = new WeakMap<object, Check>();

/**
 * Refuses an input that breaks its schema, before a service sees it: a value of another type, which clients of CBOR can
 * send, or a required member that is missing, at any depth. The protocol says which error services of its kind answer.
 */
export function checkInput(
  { name, input: schema }: Pick<OperationModel, "name" | "input">,
  input: unknown,
  protocol: ProtocolName,
  quirk?: MissingMembersQuirk,
): void {
  const missing: MissingMember[] = [];
  compile(schema)(input, "", missing);
  if (missing.length === 0) return;
  throw quirk?.(name, missing) ?? missingMembers(missing, protocol);
}

function missingMembers(missing: readonly MissingMember[], protocol: ProtocolName): AwsError {
  const problems = missing.map(({ path }) => constraintProblem(null, path, "Member must not be null"));
  if (protocol === "restXml") return malformedXml(new Error(problems.join("; ")));
  const code = isQuery(protocol) ? "ValidationError" : "ValidationException";
  return new AwsError(code, constraintText(...problems.slice(0, MAX_PROBLEMS)));
}

/** The refusal of an input that could not be read: what decoders throw is never the server's own failure. */
export function unreadable(cause: unknown, protocol: ProtocolName): AwsError {
  if (cause instanceof AwsError) return cause;
  if (protocol === "restXml") return malformedXml(cause);
  return isQuery(protocol) ? new AwsError("MalformedInput", messageOf(cause), { cause }) : malformed(cause);
}

function isQuery(protocol: ProtocolName): boolean {
  return protocol === "awsQuery" || protocol === "ec2Query";
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function compile(schema: NormalizedSchema): Check {
  const key = schema.getSchema();
  if (typeof key !== "object") return makeCheck(schema);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  // Schemas may contain themselves: the check is known before it is complete.
  let complete: Check | undefined;
  const check: Check = (value, path, missing) => (complete ??= makeCheck(schema))(value, path, missing);
  compiled.set(key, check);
  return check;
}

function makeCheck(schema: NormalizedSchema): Check {
  if (schema.isUnitSchema() || schema.isDocumentSchema() || schema.isStreaming()) return () => undefined;
  if (schema.isStructSchema()) return structureCheck(schema);
  if (schema.isListSchema()) return listCheck(compile(schema.getValueSchema()), isSparse(schema));
  if (schema.isMapSchema()) return mapCheck(compile(schema.getValueSchema()), isSparse(schema));
  if (schema.isStringSchema()) return scalarCheck("String", (value) => typeof value === "string");
  if (schema.isBooleanSchema()) return scalarCheck("Boolean", (value) => typeof value === "boolean");
  if (schema.isBlobSchema()) return scalarCheck("Blob", (value) => value instanceof Uint8Array);
  if (schema.isTimestampSchema()) return scalarCheck("Timestamp", isTime);
  // Exact numbers are objects of the SDK's own.
  return scalarCheck("Number", (value) => typeof value === "bigint" || typeof value === "object" || isNumber(value));
}

/** Lists and maps with this trait may hold nulls. */
function isSparse(schema: NormalizedSchema): boolean {
  return schema.getMergedTraits().sparse === 1;
}

function isTime(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

/** JSON encodes non-finite numbers as text. */
function isNumber(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(value);
}

function structureCheck(schema: NormalizedSchema): Check {
  const source = schema.getSchema() as readonly unknown[];
  const requiredCount = typeof source[6] === "number" ? source[6] : 0;
  const members = [...schema.structIterator()].map(([name, member], index) => ({
    name,
    path: name.charAt(0).toLowerCase() + name.slice(1),
    isRequired: index < requiredCount,
    check: compile(member),
  }));
  return (value, path, missing) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(value, "Structure");
    for (const member of members) {
      const given = (value as Record<string, unknown>)[member.name];
      const memberPath = path === "" ? member.path : `${path}.${member.path}`;
      if (given !== undefined && given !== null) member.check(given, memberPath, missing);
      else if (member.isRequired) missing.push({ path: memberPath, name: member.name });
    }
  };
}

function listCheck(element: Check, sparse: boolean): Check {
  return (value, path, missing) => {
    if (!Array.isArray(value)) throw wrongType(value, "List");
    for (const [index, each] of (value as unknown[]).entries()) {
      const elementPath = `${path}.${index + 1}.member`;
      if (each !== undefined && each !== null) element(each, elementPath, missing);
      else if (!sparse) missing.push({ path: elementPath, name: elementPath });
    }
  };
}

function mapCheck(element: Check, sparse: boolean): Check {
  return (value, path, missing) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(value, "Map");
    for (const [name, each] of Object.entries(value)) {
      const elementPath = `${path}.${name}.member`;
      if (each !== undefined && each !== null) element(each, elementPath, missing);
      else if (!sparse) missing.push({ path: elementPath, name: elementPath });
    }
  };
}

function scalarCheck(wanted: string, isRight: (value: unknown) => boolean): Check {
  return (value) => {
    if (!isRight(value)) throw wrongType(value, wanted);
  };
}

function wrongType(value: unknown, wanted: string): AwsError {
  let given: string = typeof value;
  if (value === null) given = "null";
  else if (Array.isArray(value)) given = "list";
  else if (value instanceof Date) given = "invalid time";
  return new AwsError("SerializationException", `A value of type ${given} cannot be converted to ${wanted}`);
}
