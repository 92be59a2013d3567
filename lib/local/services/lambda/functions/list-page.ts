import { invalidParameter } from "../errors.ts";

/** One page of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: T[];
  readonly NextMarker?: string;
}

/** Cuts a page out of `all`; a marker is the position as base64, and nobody else's business. */
export function pageOf<T>(
  all: readonly T[],
  marker: string | undefined,
  maxItems: number | undefined,
  most = 50,
): Page<T> {
  const start = marker === undefined ? 0 : Number(Buffer.from(marker, "base64").toString());
  if (!Number.isInteger(start) || start < 0) throw invalidParameter("The marker is invalid.");
  const end = start + Math.min(maxItems ?? most, most);
  const items = all.slice(start, end);
  if (end >= all.length) return { items };
  return { items, NextMarker: Buffer.from(String(end)).toString("base64") };
}
