import { pager } from "../../kit/page.ts";
import { invalidParameter } from "./errors.ts";

const cut = pager(
  (NextMarker) => ({ NextMarker }),
  () => invalidParameter("The marker is invalid."),
);

/** A page of a list of at most `most` items, and `NextMarker` where there are more. */
export function pageOf<T>(
  all: readonly T[],
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  most = 50,
) {
  return cut(all, Math.min(input.MaxItems ?? most, most), input.Marker);
}
