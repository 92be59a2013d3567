import type { Item, Value } from "../values/attribute-value.ts";
import type { Path } from "./syntax.ts";

/** The value at the path; undefined when there is none, or a part of the path is of another kind. */
export function valueAt(item: Item, path: Path): Value | undefined {
  let value: Value | undefined = item[path[0] as string];
  for (let at = 1; at < path.length && value !== undefined; at++) {
    const part = path[at]!;
    if (typeof part === "number") value = "L" in value ? value.L[part] : undefined;
    else value = "M" in value ? value.M[part] : undefined;
  }
  return value;
}
