import { CRC_POLYNOMIALS, type CrcName } from "./crc.ts";

/**
 * The check of two stretches of bytes put together, from the check of each and the length of the second: the first is
 * shifted by that many bytes, which is a multiplication modulo the polynomial.
 */
export function combineCrc(name: CrcName, first: Buffer, second: Buffer, secondBytes: number): Buffer {
  const polynomial = CRC_POLYNOMIALS[name];
  const width = first.length * 8;
  const shifted = multiply(toBigInt(first), powerOfX(BigInt(secondBytes) * 8n, polynomial, width), polynomial, width);
  return toBytes(shifted ^ toBigInt(second), first.length);
}

/** x to the `exponent`, by squaring. Values are bit-reversed: the highest bit means 1. */
function powerOfX(exponent: bigint, polynomial: bigint, width: number): bigint {
  let result = 1n << BigInt(width - 1);
  let square = result >> 1n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(result, square, polynomial, width);
    square = multiply(square, square, polynomial, width);
  }
  return result;
}

function multiply(a: bigint, b: bigint, polynomial: bigint, width: number): bigint {
  let product = 0n;
  let shifting = b;
  for (let bit = BigInt(width - 1); bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= shifting;
    shifting = shifting & 1n ? (shifting >> 1n) ^ polynomial : shifting >> 1n;
  }
  return product;
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex");
}
