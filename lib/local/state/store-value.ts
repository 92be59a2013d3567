/** Turns plain data into text that `decodeValue` reads back exactly, with dates, bytes and big integers. */
export function encodeValue(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key) {
    const original = this[key];
    if (original instanceof Date) return { $date: original.getTime() };
    if (original instanceof Uint8Array) return { $bytes: Buffer.from(original).toString("base64") };
    if (typeof original === "bigint") return { $bigint: original.toString() };
    return looksTagged(original) ? { $literal: Object.entries(original)[0] } : original;
  });
}

/** Reads what `encodeValue` wrote. */
export function decodeValue<T>(text: string): T {
  if (!text.includes('"$')) return JSON.parse(text) as T;
  return JSON.parse(text, (_key, value: unknown) => revive(value)) as T;
}

function looksTagged(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0]!.startsWith("$");
}

function revive(value: unknown): unknown {
  if (!looksTagged(value)) return value;
  const tagged = value as { $date?: number; $bytes?: string; $bigint?: string; $literal?: [string, unknown] };
  if (typeof tagged.$date === "number") return new Date(tagged.$date);
  if (typeof tagged.$bytes === "string") return new Uint8Array(Buffer.from(tagged.$bytes, "base64"));
  if (typeof tagged.$bigint === "string") return BigInt(tagged.$bigint);
  if (Array.isArray(tagged.$literal)) return Object.fromEntries([tagged.$literal]);
  return value;
}
