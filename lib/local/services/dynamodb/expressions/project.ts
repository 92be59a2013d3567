import { emptyItem, type Item, type Value } from "../values/attribute-value.ts";
import type { Path } from "./syntax.ts";

/** The parts of the item that the paths name, in their place: maps keep their names, lists their order without gaps. */
export function project(item: Item, paths: readonly Path[]): Item {
  const wanted: Wanted = new Map();
  for (const path of paths) want(wanted, path);
  return projectMap(item, wanted);
}

/** What to return below a place: everything (`true`), or parts of it. */
type Wanted = Map<string | number, Wanted | true>;

function want(wanted: Wanted, path: Path): void {
  const [part, ...rest] = path as [string | number, ...(string | number)[]];
  if (rest.length === 0) {
    wanted.set(part, true);
    return;
  }
  const below = wanted.get(part) ?? new Map<string | number, Wanted | true>();
  if (below === true) return;
  wanted.set(part, below);
  want(below, rest);
}

function projectMap(map: Item, wanted: Wanted): Item {
  const projected = emptyItem();
  for (const [name, below] of wanted) {
    const value = map[name];
    const part = value && projectValue(value, below);
    if (part) projected[name] = part;
  }
  return projected;
}

function projectValue(value: Value, wanted: Wanted | true): Value | undefined {
  if (wanted === true) return value;
  if ("M" in value) {
    const map = projectMap(value.M, wanted);
    return Object.keys(map).length > 0 ? { M: map } : undefined;
  }
  if (!("L" in value)) return undefined;
  const positions = [...wanted].filter(([part]) => typeof part === "number") as [number, Wanted | true][];
  const list = positions
    .sort(([a], [b]) => a - b)
    .map(([position, below]) => value.L[position] && projectValue(value.L[position], below))
    .filter((part) => part !== undefined);
  return list.length > 0 ? { L: list } : undefined;
}
