import { CborCodec } from "@smithy/core/cbor";
import { NormalizedSchema } from "@smithy/core/schema";
import type { Codec, Schema, ShapeDeserializer, ShapeSerializer } from "@smithy/types";

/** CBOR as AWS wrote it before Smithy: times are tagged as seconds since the epoch are, and are milliseconds. */
export class MillisecondCborCodec implements Codec<Uint8Array, Uint8Array> {
  readonly #inner = new CborCodec();

  constructor(serdeContext: object) {
    this.#inner.setSerdeContext(serdeContext as never);
  }

  setSerdeContext(): void {
    // Given once, when it is made.
  }

  createSerializer(): ShapeSerializer {
    const inner = this.#inner.createSerializer();
    return {
      setSerdeContext: () => undefined,
      write: (schema: Schema, value: unknown) => inner.write(schema, scaled(NormalizedSchema.of(schema), value, 1000)),
      flush: () => inner.flush(),
    };
  }

  createDeserializer(): ShapeDeserializer {
    const inner = this.#inner.createDeserializer();
    return {
      setSerdeContext: () => undefined,
      read: async (schema: Schema, bytes: Uint8Array) =>
        scaled(NormalizedSchema.of(schema), await inner.read(schema, bytes), 1 / 1000),
    };
  }
}

/** The value with every time in it multiplied. */
function scaled(schema: NormalizedSchema, value: unknown, factor: number): unknown {
  if (value instanceof Date) return new Date(value.getTime() * factor);
  if (Array.isArray(value) && schema.isListSchema())
    return value.map((each) => scaled(schema.getValueSchema(), each, factor));
  if (typeof value !== "object" || value === null || !(schema.isStructSchema() || schema.isMapSchema())) return value;
  const members = schema.isMapSchema() ? undefined : new Map(schema.structIterator());
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const member = members === undefined ? schema.getValueSchema() : members.get(name);
      return [name, member === undefined ? each : scaled(member, each, factor)];
    }),
  );
}
