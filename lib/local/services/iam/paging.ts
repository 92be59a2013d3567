import { pager } from "../../kit/page.ts";
import { iamValidation } from "./errors.ts";

const cut = pager(
  (Marker) => ({ Marker }),
  () => iamValidation("Invalid Marker."),
);

/** A page of a list, with the members by which all of IAM's lists continue. */
export function readPage<T>(all: readonly T[], input: { MaxItems?: number; Marker?: string }) {
  const { items, next } = cut(all, input.MaxItems ?? 100, input.Marker);
  return { items, paging: { IsTruncated: next.Marker !== undefined, ...next } };
}
