import { emptyItem, type Item, type Value } from "./attribute-value.ts";

/** The item as text for the store: DynamoDB's JSON, with bytes in base64. */
export function encodeItem(item: Item): string {
  return JSON.stringify(item, encodeBytes);
}

/** Reads what `encodeItem` wrote, into records without prototype. */
export function decodeItem(text: string): Item {
  return decodeAttributes(JSON.parse(text) as Record<string, StoredValue>);
}

type StoredValue = Readonly<Record<string, unknown>>;

function encodeBytes(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key]; // a Buffer's own toJSON has already been at `value`
  return original instanceof Uint8Array ? Buffer.from(original).toString("base64") : value;
}

function decodeAttributes(stored: Readonly<Record<string, StoredValue>>): Item {
  const item = emptyItem();
  for (const name of Object.keys(stored)) item[name] = decodeValue(stored[name]!);
  return item;
}

function decodeValue(stored: StoredValue): Value {
  for (const type in stored) {
    const value = stored[type];
    if (type === "B") return { B: Buffer.from(value as string, "base64") };
    if (type === "BS") return { BS: (value as string[]).map((text) => Buffer.from(text, "base64")) };
    if (type === "M") return { M: decodeAttributes(value as Record<string, StoredValue>) };
    if (type === "L") return { L: (value as StoredValue[]).map(decodeValue) };
  }
  return stored as unknown as Value;
}
