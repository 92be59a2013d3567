import type { Item, Value } from "./attribute-value.ts";
import { readDecimal } from "./decimal.ts";
import { validationError } from "../errors.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items */
const MAX_ITEM_BYTES = 400 * 1024;

/** The item's size as DynamoDB counts it: names and values, in bytes. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name in item) size += Buffer.byteLength(name) + valueSize(item[name]!);
  return size;
}

/** Refuses an item that is larger than 400 KB; gives its size back. */
export function checkItemSize(item: Item, refusal = "Item size has exceeded the maximum allowed size"): number {
  const size = itemSize(item);
  if (size > MAX_ITEM_BYTES) throw validationError(refusal);
  return size;
}

const CONTAINER_BYTES = 3;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function valueSize(value: Value): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("N" in value) return numberSize(value.N);
  if ("B" in value) return value.B.length;
  if ("SS" in value) return sum(value.SS, (text) => Buffer.byteLength(text));
  if ("NS" in value) return sum(value.NS, numberSize);
  if ("BS" in value) return sum(value.BS, (bytes) => bytes.length);
  if ("L" in value) return CONTAINER_BYTES + sum(value.L, (element) => 1 + valueSize(element));
  if ("M" in value) return CONTAINER_BYTES + Object.keys(value.M).length + itemSize(value.M);
  return 1;
}

/** A byte for two significant digits before the point, one for two behind it, one more, and one for a sign. */
function numberSize(text: string): number {
  const { negative, digits, exponent } = readDecimal(text);
  const before = Math.min(digits.length, Math.max(0, exponent + 1));
  const behind = digits.length - before;
  return 1 + Math.ceil(before / 2) + Math.ceil(behind / 2) + (negative ? 1 : 0);
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += size(value);
  return total;
}
