import { NormalizedSchema } from "@smithy/core/schema";
import type { Codec, ShapeDeserializer, StaticStructureSchema } from "@smithy/types";
import { compileTypeCheck } from "./json-types.ts";
import { malformed } from "./malformed.ts";

/** A deserialiser that also reads what was parsed before: the SDK's JSON codecs. */
interface ObjectReader extends ShapeDeserializer {
  readObject(schema: NormalizedSchema, value: unknown): unknown;
}

/** Reads JSON bodies by their schema, and refuses values that are not of their type. */
export class JsonReader {
  readonly #reader: ObjectReader;
  readonly #jsonName: boolean;
  /** Numbers that JavaScript would round are read from the text again. */
  readonly #exact = new Map<object, boolean>();

  constructor(codec: Codec<Uint8Array, Uint8Array>, jsonName: boolean) {
    this.#reader = codec.createDeserializer() as ObjectReader;
    this.#jsonName = jsonName;
  }

  async read(schema: NormalizedSchema | StaticStructureSchema, bytes: Uint8Array): Promise<unknown> {
    const shape = NormalizedSchema.of(schema);
    const parsed = parse(bytes);
    try {
      compileTypeCheck(shape, this.#jsonName)(parsed);
      return await (this.#needsText(shape) ? this.#reader.read(shape, bytes) : this.#reader.readObject(shape, parsed));
    } catch (error) {
      // What is nested too deeply overflows the stack.
      throw error instanceof RangeError ? malformed(error) : error;
    }
  }

  #needsText(shape: NormalizedSchema): boolean {
    const key = shape.getSchema() as object;
    const known = this.#exact.get(key);
    if (known !== undefined) return known;
    const exact = holdsExactNumbers(shape, new Set());
    this.#exact.set(key, exact);
    return exact;
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (cause) {
    throw malformed(cause);
  }
}

function holdsExactNumbers(schema: NormalizedSchema, seen: Set<unknown>): boolean {
  if (schema.isBigIntegerSchema() || schema.isBigDecimalSchema() || schema.isDocumentSchema()) return true;
  const key = schema.getSchema();
  if (typeof key !== "object" || seen.has(key)) return false;
  seen.add(key);
  if (schema.isStructSchema())
    return [...schema.structIterator()].some(([, member]) => holdsExactNumbers(member, seen));
  return (schema.isListSchema() || schema.isMapSchema()) && holdsExactNumbers(schema.getValueSchema(), seen);
}
