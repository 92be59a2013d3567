import type { NormalizedSchema } from "@smithy/core/schema";
import type { Random } from "./random.ts";

/** Texts by what a member is called: names of resources that exist reach deeper than random ones. */
export type Vocabulary = readonly (readonly [memberName: RegExp, texts: readonly [string, ...string[]]])[];

/** Texts that have broken parsers: prototypes, empty, long, controls, numbers, JSON, ARNs, paths. */
const ODD_TEXTS = [
  "",
  " ",
  "__proto__",
  "constructor",
  "a".repeat(3000),
  "\u0000",
  "\u{1f600}",
  "../../etc/passwd",
  "-1",
  "1e400",
  "NaN",
  "{}",
  "[]",
  "null",
  '{"a":1}',
  "{",
  "arn:aws:",
  "arn:aws:lambda:us-east-1:000000000000:function:fuzz:live",
  "arn:aws:s3:::fuzz",
  "%",
  "%zz",
  "a/b/c",
  "2026-01-01T00:00:00Z",
  "rate(1 minute)",
  "*",
  "=",
] as const;

const ODD_NUMBERS = [0, -1, 1, 2, 10, 100, 1001, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308] as const;

/** Values of a wrong type for any member. */
const WRONG_VALUES = [null, true, 0, -1.5, "", "text", [], {}, [null], { a: null }, [[]], { __proto__x: 1 }] as const;

const MAX_DEPTH = 5;

/** Makes plain documents for schemas: mostly of the right shape, with members left out and values that no one expects. */
export class InputMaker {
  readonly #random: Random;
  readonly #vocabulary: Vocabulary;

  constructor(random: Random, vocabulary: Vocabulary) {
    this.#random = random;
    this.#vocabulary = vocabulary;
  }

  /** `isWild` also puts values of wrong types in. */
  make(schema: NormalizedSchema, isWild: boolean, member = "", depth = 0): unknown {
    const random = this.#random;
    if (isWild && random.happens(0.06)) return random.pick(WRONG_VALUES);
    if (schema.isStructSchema()) return this.#structure(schema, isWild, depth);
    if (schema.isListSchema() || schema.isMapSchema()) return this.#collection(schema, isWild, member, depth);
    if (schema.isBooleanSchema()) return random.happens(0.5);
    if (schema.isTimestampSchema())
      return random.pick([0, 1_790_000_000, 1.5, -1, 1e18, "2026-01-01T00:00:00Z", "soon"]);
    if (schema.isBlobSchema()) return random.pick(["", "YQ==", "e30=", "not base64!", "AA"]);
    if (schema.isStringSchema()) return this.#text(member);
    if (schema.isDocumentSchema()) return random.pick(WRONG_VALUES);
    return random.pick(ODD_NUMBERS);
  }

  #structure(schema: NormalizedSchema, isWild: boolean, depth: number): Record<string, unknown> {
    const source = schema.getSchema() as readonly unknown[];
    const requiredCount = typeof source[6] === "number" ? source[6] : 0;
    const made: Record<string, unknown> = {};
    let index = 0;
    for (const [name, member] of schema.structIterator()) {
      const isRequired = index++ < requiredCount;
      const probability = isRequired ? (isWild ? 0.93 : 0.99) : depth === 0 ? 0.25 : 0.35;
      if (depth > MAX_DEPTH && !isRequired) continue;
      if (depth > MAX_DEPTH + 4 || !this.#random.happens(probability)) continue;
      made[name] = this.make(member, isWild, name, depth + 1);
    }
    return made;
  }

  #collection(schema: NormalizedSchema, isWild: boolean, member: string, depth: number): unknown {
    const count = depth > MAX_DEPTH ? 0 : this.#random.pick([0, 1, 1, 1, 2, 3]);
    const values = Array.from({ length: count }, () => this.make(schema.getValueSchema(), isWild, member, depth + 1));
    if (schema.isListSchema()) return values;
    return Object.fromEntries(values.map((value) => [this.#random.pick(["a", "pk", "Name", "__proto__", ""]), value]));
  }

  #text(member: string): string {
    const random = this.#random;
    const texts = this.#vocabulary.find(([name]) => name.test(member))?.[1];
    if (texts !== undefined && random.happens(0.85)) return random.pick(texts);
    return random.pick(ODD_TEXTS);
  }
}
