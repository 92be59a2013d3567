import { Readable } from "node:stream";
import type { NormalizedSchema } from "@smithy/core/schema";
import { NumericValue } from "@smithy/core/serde";

/** Which value a schema is given: `member` chooses the branch of unions, `full` fills optional members too. */
export interface Variant {
  readonly full: boolean;
  readonly member: number;
}

interface Place {
  readonly name: string;
  readonly depth: number;
  readonly variant: Variant;
}

const DEEPEST = 5;
/** The bytes of every stream. */
export const STREAMED = "a body that is streamed";
const MOMENT = new Date("2026-03-04T05:06:07Z");

/** A value for every member of the structure, made from nothing but its schema. */
export function buildValue(schema: NormalizedSchema, variant: Variant): Record<string, unknown> {
  if (schema.isUnitSchema()) return {};
  return structure(schema, { name: "root", depth: 0, variant });
}

function value(schema: NormalizedSchema, place: Place): unknown {
  if (schema.isStreaming()) return schema.isStructSchema() ? events(schema, place) : stream();
  if (schema.isStructSchema()) return structure(schema, place);
  const below = { ...place, depth: place.depth + 1 };
  if (schema.isListSchema()) return list(schema, below);
  if (schema.isMapSchema()) return map(schema, below);
  if (schema.isTimestampSchema()) return MOMENT;
  if (schema.isBlobSchema()) return new Uint8Array([0, 1, 127, 128, 255]);
  if (schema.isBooleanSchema()) return true;
  const { httpHeader, httpResponseCode } = schema.getMergedTraits();
  if (httpResponseCode) return 203;
  if (httpHeader === "Content-Length") return STREAMED.length;
  if (schema.isNumericSchema()) return 42;
  if (schema.isBigIntegerSchema()) return 12345678901234567890n;
  if (schema.isBigDecimalSchema()) return new NumericValue("12.5", "bigDecimal");
  if (schema.isDocumentSchema()) return { nested: [1, "two", true] };
  return text(schema, place.name);
}

/** What travels in a header is plain text; everywhere else every kind of character must survive. */
function text(schema: NormalizedSchema, name: string): string {
  const traits = schema.getMergedTraits();
  if (traits.mediaType) return '{"json":true}';
  if (traits.httpHeader || traits.httpPrefixHeaders) return `header ${name}`;
  if (traits.httpLabel) return `label/${name} ä+%&`;
  return `<${name}> & "täxt" 'quoted' 💡`;
}

function structure(schema: NormalizedSchema, place: Place): Record<string, unknown> {
  const members = [...schema.structIterator()];
  const required = (schema.getSchema() as unknown as { 6?: number })[6] ?? 0;
  const chosen = schema.isUnionSchema()
    ? [pickUnionMember(members, place)]
    : members.filter(([, member], index) => {
        // The client makes up a token that is not given; a status, a stream and an event's bytes are always there.
        const { idempotencyToken, httpResponseCode, eventPayload } = member.getMergedTraits();
        if (index < required || idempotencyToken || httpResponseCode || eventPayload) return true;
        if (member.isStreaming() || member.getMergedTraits().httpHeader === "Content-Length") return true;
        return place.variant.full && place.depth < DEEPEST;
      });
  return Object.fromEntries(
    chosen.map(([name, member]) => [name, value(member, { ...place, name, depth: place.depth + 1 })]),
  );
}

/** Deep down only a simple member ends the recursion. */
function pickUnionMember(members: [string, NormalizedSchema][], place: Place): [string, NormalizedSchema] {
  const simple = members.find(
    ([, member]) => !member.isStructSchema() && !member.isListSchema() && !member.isMapSchema(),
  );
  if (place.depth >= DEEPEST && simple !== undefined) return simple;
  return members[place.variant.member % members.length]!;
}

function list(schema: NormalizedSchema, place: Place): unknown[] {
  const element = schema.getValueSchema();
  const traits = schema.getMergedTraits();
  if (element.isStringSchema()) {
    const word = traits.httpHeader ? (n: number) => `item ${n}` : (n: number) => `${text(element, place.name)} ${n}`;
    return [word(1), word(2)];
  }
  return [value(element, place), value(element, place)];
}

function map(schema: NormalizedSchema, place: Place): Record<string, unknown> {
  const header = schema.getMergedTraits().httpPrefixHeaders !== undefined;
  const element = schema.getValueSchema();
  const entry = header ? "header value" : value(element, place);
  return header ? { one: entry, two: entry } : { "key one": entry, "key/zwei ü": entry };
}

function stream(): Readable {
  return Readable.from([Buffer.from(STREAMED.slice(0, 5)), Buffer.from(STREAMED.slice(5))]);
}

async function* events(schema: NormalizedSchema, place: Place): AsyncGenerator<Record<string, unknown>> {
  for (const [name, member] of schema.structIterator()) {
    if ((member.getSchema() as unknown as unknown[])[0] === -3) continue;
    yield { [name]: structure(member, { ...place, name, depth: place.depth + 1 }) };
  }
}

/** The same value in a form that two sides can be compared in: bytes, times and streams as text. */
export async function comparable(given: unknown): Promise<unknown> {
  if (given instanceof Date) return `time ${given.toISOString()}`;
  if (given instanceof Uint8Array) return `bytes ${Buffer.from(given).toString("hex")}`;
  if (given instanceof NumericValue) return `number ${given.string}`;
  if (typeof given === "bigint") return `bigint ${given}`;
  if (given instanceof Readable) return `stream ${Buffer.concat(await given.toArray()).toString("hex")}`;
  if (typeof given !== "object" || given === null) return given;
  if ("deserializeJSON" in given) return given.valueOf();
  if (Symbol.asyncIterator in given) {
    const items: unknown[] = [];
    for await (const item of given as AsyncIterable<unknown>) items.push(await comparable(item));
    return { events: items };
  }
  if (Array.isArray(given)) return Promise.all(given.map(comparable));
  const entries = Object.entries(given).filter(([, member]) => member !== undefined && member !== null);
  return Object.fromEntries(await Promise.all(entries.map(async ([name, member]) => [name, await comparable(member)])));
}
