import { hash } from "node:crypto";
import { readDecimal, type Decimal } from "./decimal.ts";
import type { Value } from "./attribute-value.ts";

/** Bytes that sort as the key does: strings by UTF-8, binary by bytes, numbers by value. */
export function keyBytes(value: Value): Uint8Array {
  if ("S" in value) return Buffer.from(value.S, "utf8");
  if ("B" in value) return value.B;
  if ("N" in value) return decimalBytes(readDecimal(value.N));
  throw new TypeError("A key is a string, a number or binary; the schema's types are checked before.");
}

/** How many bytes of the partition's hash precede the key itself. */
export const PARTITION_PREFIX_BYTES = 4;

/**
 * A partition key's bytes behind the first four of its MD5. Scans go in the order of the hash, as in AWS, where the
 * order has been observed to be that of `MD5("Outliers" + key)`; parallel segments are ranges of it.
 */
export function partitionBytes(value: Value): Uint8Array {
  const key = keyBytes(value);
  const digest = hash("md5", Buffer.concat([PARTITION_SALT, key]), "buffer");
  return Buffer.concat([digest.subarray(0, PARTITION_PREFIX_BYTES), key]);
}

/** The smallest bytes that are greater than everything that begins with `prefix`; undefined where there are none. */
export function bytesAfterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return undefined;
  const after = Uint8Array.from(prefix.subarray(0, length));
  after[length - 1]! += 1;
  return after;
}

const PARTITION_SALT = Buffer.from("Outliers");
const ZERO = Uint8Array.of(0x80);
const MAX_PAIRS = 20;

/**
 * DynamoDB's own form: a byte for sign and exponent, then pairs of digits in base 100, each plus one; for a negative
 * number everything is complemented, and an end mark keeps the shorter one greater.
 */
function decimalBytes({ negative, digits, exponent }: Decimal): Uint8Array {
  if (digits === "") return ZERO;
  const padded = (exponent % 2 === 0 ? "0" : "") + digits;
  const pairs = (padded.length + 1) >> 1;
  const endMark = negative && pairs < MAX_PAIRS ? 1 : 0;
  const bytes = new Uint8Array(1 + pairs + endMark);
  const power = Math.ceil((exponent + 1) / 2) + 64;
  bytes[0] = negative ? 0x7f - power : 0x80 + power;
  for (let pair = 0; pair < pairs; pair++) {
    const number = Number(padded.slice(pair * 2, pair * 2 + 2).padEnd(2, "0"));
    bytes[1 + pair] = negative ? 101 - number : 1 + number;
  }
  if (endMark) bytes[1 + pairs] = 102;
  return bytes;
}
