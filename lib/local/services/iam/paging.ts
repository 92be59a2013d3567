import { iamValidation } from "./errors.ts";

/** A page of a list, with the members by which all of IAM's lists go on. */
export interface Page<T> {
  readonly items: T[];
  readonly paging: { IsTruncated: boolean; Marker?: string };
}

/** Cuts a page out of a list that is in a stable order. */
export function readPage<T>(all: readonly T[], input: { MaxItems?: number; Marker?: string }): Page<T> {
  const limit = input.MaxItems ?? 100;
  const start = input.Marker === undefined ? 0 : readMarker(input.Marker);
  const end = start + limit;
  const truncated = end < all.length;
  return {
    items: all.slice(start, end),
    paging: truncated
      ? { IsTruncated: true, Marker: Buffer.from(`offset ${end}`).toString("base64") }
      : { IsTruncated: false },
  };
}

function readMarker(marker: string): number {
  const offset = /^offset (\d+)$/.exec(Buffer.from(marker, "base64").toString())?.[1];
  if (offset === undefined) throw iamValidation(`Invalid Marker.`);
  return Number(offset);
}
