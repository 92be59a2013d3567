import { AwsError } from "../../../aws-error.ts";

/** One page of a list; the token is the place of the next item, opaque to the caller. */
export function pageOf<T>(
  items: readonly T[],
  token: string | undefined,
  size: number,
): { page: T[]; next: string | undefined } {
  const start = readToken(token) ?? 0;
  const end = start + size;
  return { page: items.slice(start, end), next: end < items.length ? writeToken(end) : undefined };
}

/** The `NextToken` of the page that starts at `place`. */
export function writeToken(place: number): string {
  return Buffer.from(`place:${place}`).toString("base64url");
}

/** The place that a `NextToken` names; 0 without one. */
export function readToken(token: string | undefined): number | undefined {
  if (token === undefined) return undefined;
  const place = /^place:(\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  if (place === undefined) throw new AwsError("ValidationError", "Invalid NextToken");
  return Number(place);
}
