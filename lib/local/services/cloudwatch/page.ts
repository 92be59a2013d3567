import { AwsError } from "../../aws-error.ts";

/** The part of a list that a limit and a token ask for. A token is the position to go on from. */
export function pageOf<T>(
  items: readonly T[],
  limit: number,
  token: string | undefined,
): { items: readonly T[]; next: { NextToken?: string } } {
  const start = token === undefined ? 0 : positionOf(token);
  const end = start + limit;
  const next = end < items.length ? { NextToken: Buffer.from(`at:${end}`).toString("base64url") } : {};
  return { items: items.slice(start, end), next };
}

function positionOf(token: string): number {
  const match = /^at:(\d{1,12})$/.exec(Buffer.from(token, "base64url").toString());
  if (!match) throw new AwsError("InvalidNextToken", "The next token specified is invalid.");
  return Number(match[1]);
}
