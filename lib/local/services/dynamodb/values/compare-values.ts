import { typeOf, type Item, type Value } from "./attribute-value.ts";
import { compareDecimals, readDecimal } from "./decimal.ts";

/** Whether both are of one type and equal; sets regardless of order. */
export function valuesEqual(a: Value, b: Value): boolean {
  if ("S" in a) return "S" in b && a.S === b.S;
  if ("N" in a) return "N" in b && a.N === b.N;
  if ("B" in a) return "B" in b && Buffer.compare(a.B, b.B) === 0;
  if ("BOOL" in a) return "BOOL" in b && a.BOOL === b.BOOL;
  if ("SS" in a) return "SS" in b && sameMembers(a.SS, b.SS);
  if ("NS" in a) return "NS" in b && sameMembers(a.NS, b.NS);
  if ("BS" in a) return "BS" in b && sameMembers(a.BS.map(base64), b.BS.map(base64));
  if ("L" in a) return "L" in b && a.L.length === b.L.length && a.L.every((one, at) => valuesEqual(one, b.L[at]!));
  if ("M" in a) return "M" in b && itemsEqual(a.M, b.M);
  return "NULL" in b;
}

/** Whether two items have the same attributes with equal values; sets are equal in any order. */
export function itemsEqual(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => b[name] !== undefined && valuesEqual(a[name]!, b[name]));
}

/** Negative, zero or positive; undefined where the two have no order: types that differ, or are not scalar. */
export function compareValues(a: Value, b: Value): number | undefined {
  if ("N" in a) return "N" in b ? compareDecimals(readDecimal(a.N), readDecimal(b.N)) : undefined;
  if ("S" in a) return "S" in b ? compareStrings(a.S, b.S) : undefined;
  if ("B" in a) return "B" in b ? Buffer.compare(a.B, b.B) : undefined;
  return undefined;
}

/** Whether a string or binary value starts so. */
export function beginsWith(value: Value, prefix: Value): boolean {
  if ("S" in value) return "S" in prefix && value.S.startsWith(prefix.S);
  if ("B" in value) return "B" in prefix && Buffer.compare(value.B.subarray(0, prefix.B.length), prefix.B) === 0;
  return false;
}

/** Whether a string has the substring, binary the bytes, a set or a list the element. */
export function containsValue(value: Value, part: Value): boolean {
  if ("L" in value) return value.L.some((element) => valuesEqual(element, part));
  if ("S" in part) return "S" in value ? value.S.includes(part.S) : "SS" in value && value.SS.includes(part.S);
  if ("N" in part) return "NS" in value && value.NS.includes(part.N);
  if ("B" in part) {
    if ("B" in value) return Buffer.from(value.B).includes(Buffer.from(part.B));
    return "BS" in value && value.BS.some((bytes) => Buffer.compare(bytes, part.B) === 0);
  }
  return false;
}

/** What `size()` says of a value; undefined for types without a size. */
export function lengthOf(value: Value): number | undefined {
  if ("S" in value) return value.S.length;
  if ("B" in value) return value.B.length;
  if ("M" in value) return Object.keys(value.M).length;
  const type = typeOf(value);
  if (type === "N" || type === "BOOL" || type === "NULL") return undefined;
  return Object.values(value as Record<string, readonly unknown[]>)[0]!.length;
}

/** By UTF-8 bytes, which is by code points, not by JavaScript's UTF-16 units. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const members = new Set(a);
  return b.every((member) => members.has(member));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
