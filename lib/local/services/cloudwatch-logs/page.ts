import { invalidParameter } from "./errors.ts";

/** The part of a list that a limit and a token ask for. A token is the position to go on from. */
export function pageOf<T>(
  items: readonly T[],
  limit: number,
  token: string | undefined,
): { items: readonly T[]; nextToken: { nextToken?: string } } {
  const start = token === undefined ? 0 : positionOf(token);
  const end = start + limit;
  const nextToken = end < items.length ? { nextToken: Buffer.from(`at:${end}`).toString("base64url") } : {};
  return { items: items.slice(start, end), nextToken };
}

function positionOf(token: string): number {
  const match = /^at:(\d{1,12})$/.exec(Buffer.from(token, "base64url").toString());
  if (!match) throw invalidParameter("The specified nextToken is invalid.");
  return Number(match[1]);
}
