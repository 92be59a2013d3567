import { pager } from "../../kit/page.ts";
import { badRequest } from "./errors.ts";

const cut = pager(
  (NextToken) => ({ NextToken }),
  () => badRequest("Invalid pagination token provided."),
);

/** A page of a list, as every list of this API answers it. `MaxResults` is text on the wire. */
export function pageOf<T>(
  all: readonly T[],
  input: { readonly MaxResults?: string | undefined; readonly NextToken?: string | undefined },
) {
  const { items, next } = cut(all, readSize(input.MaxResults) ?? all.length, input.NextToken);
  return { Items: items, ...next };
}

function readSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1) throw badRequest("Invalid maximum results, must be a positive number");
  return size;
}
