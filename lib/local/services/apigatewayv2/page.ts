import { badRequest } from "./errors.ts";

/** The part of a list that `MaxResults` and `NextToken` ask for. A token is the position to go on from. */
export function pageOf<T>(
  items: readonly T[],
  input: { MaxResults?: string | undefined; NextToken?: string | undefined },
): { Items: T[]; NextToken?: string } {
  const start = input.NextToken === undefined ? 0 : positionOf(input.NextToken);
  const size = input.MaxResults === undefined ? items.length : sizeOf(input.MaxResults);
  const end = start + size;
  return { Items: items.slice(start, end), ...(end < items.length && { NextToken: tokenOf(end) }) };
}

function tokenOf(position: number): string {
  return Buffer.from(`v1:${position}`).toString("base64url");
}

function positionOf(token: string): number {
  const match = /^v1:(\d{1,9})$/.exec(Buffer.from(token, "base64url").toString());
  if (!match) throw badRequest("Invalid pagination token provided.");
  return Number(match[1]);
}

function sizeOf(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1) throw badRequest("Invalid maximum results, must be a positive number");
  return size;
}
