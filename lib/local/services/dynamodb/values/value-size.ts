import type { Item, Value } from "./attribute-value.ts";
import { readDecimal } from "./decimal.ts";
import { validationError } from "../validation-error.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items */
export const MAX_ITEM_BYTES = 400 * 1024;

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

/** Two digits a byte, in pairs from the point, a byte for the exponent, and one more for a sign. */
function numberSize(text: string): number {
  const { negative, digits, exponent } = readDecimal(text);
  if (digits === "") return 1;
  const paired = digits.length + (exponent % 2 === 0 ? 1 : 0);
  return 1 + Math.ceil(paired / 2) + (negative ? 1 : 0);
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += size(value);
  return total;
}
