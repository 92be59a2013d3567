import { ssmError } from "./errors.ts";

/** A page of a list, and the token of the next one where there is more. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { NextToken?: string };
}

/** Cuts a page out of a list that is in a stable order. */
export function readPage<T>(
  all: readonly T[],
  { limit, token }: { readonly limit: number; readonly token: string | undefined },
): Page<T> {
  const start = token ? readToken(token) : 0;
  const end = start + limit;
  return { items: all.slice(start, end), next: end < all.length ? { NextToken: writeToken(end) } : {} };
}

function writeToken(offset: number): string {
  return Buffer.from(`offset ${offset}`).toString("base64");
}

function readToken(token: string): number {
  const offset = /^offset (\d+)$/.exec(Buffer.from(token, "base64").toString())?.[1];
  if (offset === undefined) throw ssmError("InvalidNextToken", "The specified token isn't valid.");
  return Number(offset);
}
