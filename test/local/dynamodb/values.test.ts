import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkItem, checkValue } from "../../../lib/local/services/dynamodb/values/check-value.ts";
import {
  addDecimals,
  compareDecimals,
  formatDecimal,
  parseDecimal,
  readDecimal,
} from "../../../lib/local/services/dynamodb/values/decimal.ts";
import { bytesAfterPrefix, keyBytes } from "../../../lib/local/services/dynamodb/values/key-bytes.ts";
import { itemsEqual } from "../../../lib/local/services/dynamodb/values/compare-values.ts";
import { decodeItem, encodeItem } from "../../../lib/local/services/dynamodb/values/stored-item.ts";
import { itemSize } from "../../../lib/local/services/dynamodb/values/value-size.ts";

/** Numbers that DynamoDB can store: up to 38 digits, over the whole range of exponents. */
const numbers = fc
  .record({
    negative: fc.boolean(),
    digits: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 38 }),
    exponent: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -130, max: 88 })),
  })
  .map(({ negative, digits, exponent }) => {
    const text = digits.join("");
    const magnitude = text.replace(/^0+/, "").length - 1 + exponent;
    return `${negative ? "-" : ""}${text}e${magnitude < -130 ? exponent + 130 : exponent}`;
  });

/** The number as an integer of 10^-175: exact, and known to be right. */
function scaled(text: string): bigint {
  const [digits = "", exponent = "0"] = text.split("e");
  return BigInt(digits) * 10n ** BigInt(Number(exponent) + 175);
}

/** The sum in plain notation, or the words of the refusal. */
function tryAdd(a: string, b: string): string {
  try {
    return formatDecimal(addDecimals(parseDecimal(a), parseDecimal(b)));
  } catch (error) {
    return (error as Error).message;
  }
}

const sign = (value: number | bigint) => (value > 0 ? 1 : value < 0 ? -1 : 0);

describe("numbers", () => {
  test("compare as they are, by value and by their keys' bytes", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const expected = sign(scaled(a) - scaled(b));
        expect(sign(compareDecimals(parseDecimal(a), parseDecimal(b)))).toBe(expected);
        const bytes = (text: string) => keyBytes({ N: formatDecimal(parseDecimal(text)) });
        expect(sign(Buffer.compare(bytes(a), bytes(b)))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test("survive plain notation unchanged", () => {
    fc.assert(
      fc.property(numbers, (text) => {
        const value = parseDecimal(text);
        expect(readDecimal(formatDecimal(value))).toEqual(value);
        expect(parseDecimal(formatDecimal(value))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  test("add up exactly, or not at all", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const exact = scaled(a) + scaled(b);
        const digits = exact.toString().replace("-", "").replace(/0+$/, "").length;
        expect(tryAdd(a, b)).toBe(
          digits > 38
            ? "Attempting to store more than 38 significant digits in a Number"
            : formatDecimal(parseDecimal(`${exact}e-175`)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["", "The parameter cannot be converted to a numeric value"],
    ["abc", "The parameter cannot be converted to a numeric value: abc"],
    ["1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range"],
    ["1e-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"],
    ["1".repeat(39), "Attempting to store more than 38 significant digits in a Number"],
  ])("fail when they are %j", (text, message) => {
    expect(() => parseDecimal(text)).toThrow(message);
  });

  test.each([
    ["00042", "42"],
    ["-0", "0"],
    ["+1.50", "1.5"],
    [".5", "0.5"],
    ["1.5E2", "150"],
    ["1e-3", "0.001"],
    [`1${"0".repeat(50)}`, `1${"0".repeat(50)}`],
  ])("%s is kept as %s", (text, expected) => {
    expect(formatDecimal(parseDecimal(text))).toBe(expected);
  });

  test.each([
    ["0", 1],
    ["1", 2],
    ["-1", 3],
    ["123456", 4],
    ["3.14159", 5],
    ["1E125", 2],
    ["0.001", 2],
  ])("%s counts %i bytes", (text, bytes) => {
    expect(itemSize(checkItem({ n: { N: text } }))).toBe(1 + bytes);
  });
});

describe("keys", () => {
  test("of strings sort by code points", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const points = (text: string) => Array.from(text, (character) => character.codePointAt(0)!);
        const [left, right] = [points(a), points(b)];
        const at = left.findIndex((point, index) => point !== right[index]);
        const expected = at < 0 ? left.length - right.length : left[at]! - (right[at] ?? -1);
        expect(sign(Buffer.compare(keyBytes({ S: a }), keyBytes({ S: b })))).toBe(sign(expected));
      }),
    );
  });

  test("with a prefix end before the bytes after it", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (prefix, other) => {
        const after = bytesAfterPrefix(prefix);
        const begins = Buffer.compare(other.subarray(0, prefix.length), prefix) === 0;
        const within = Buffer.compare(other, prefix) >= 0 && (!after || Buffer.compare(other, after) < 0);
        expect(within).toBe(begins);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("values", () => {
  const values = fc.letrec<{ value: object }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string().map((S) => ({ S })),
      fc.integer().map((n) => ({ N: String(n) })),
      fc.uint8Array().map((B) => ({ B })),
      fc.boolean().map((BOOL) => ({ BOOL })),
      fc.constant({ NULL: true }),
      fc.uniqueArray(fc.string(), { minLength: 1 }).map((SS) => ({ SS })),
      fc.array(tie("value")).map((L) => ({ L })),
      fc
        .dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor")), tie("value"))
        .map((M) => ({ M })),
    ),
  })).value;

  test("are returned by the store as they went in, under any names", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), values), (raw) => {
        const item = checkItem(raw);
        expect(itemsEqual(decodeItem(encodeItem(item)), item)).toBe(true);
        expect(encodeItem(decodeItem(encodeItem(item)))).toBe(encodeItem(item));
      }),
    );
  });

  test.each([
    [{}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"],
    [
      { S: "a", N: "1" },
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    ],
    [{ SS: [] }, "One or more parameter values were invalid: An string set  may not be empty"],
    [{ NS: [] }, "One or more parameter values were invalid: An number set  may not be empty"],
    [{ BS: [] }, "One or more parameter values were invalid: Binary sets should not be empty"],
    [{ SS: ["a", "a"] }, "One or more parameter values were invalid: Input collection [a, a] contains duplicates."],
    [{ NS: ["1", "1.0"] }, "Input collection contains duplicates"],
    [
      { L: [{ M: { x: {} } }] },
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    ],
  ])("fail when they are %j", (raw, message) => {
    expect(() => checkValue(raw)).toThrow(message);
  });

  test("fail when they are nested more than 32 levels deep", () => {
    const nest = (levels: number): object => (levels === 0 ? { S: "leaf" } : { L: [nest(levels - 1)] });
    expect(() => checkValue(nest(32))).not.toThrow();
    expect(() => checkValue(nest(33))).toThrow("Nesting Levels have exceeded supported limits");
  });
});
