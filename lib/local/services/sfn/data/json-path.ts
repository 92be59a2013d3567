import { runtimeError } from "../run/states-error.ts";
import { parsePath } from "./json-path/parse-path.ts";
import { PathError } from "./json-path/path-text.ts";
import { select } from "./json-path/select.ts";

/** What a path finds: one value, many (a wildcard, a slice, a filter), or nothing. */
export type Found = { readonly value: unknown } | undefined;

const PLAIN = /^\$(?:\.[\p{L}\p{N}_-]+|\['[^']*'\]|\["[^"]*"\]|\[-?\d+\])*$/u;
const PART = /\.([\p{L}\p{N}_-]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(-?\d+)\]/gu;

/**
 * Finds what a path leads to in `root`: a value, or a list of them where the path may lead to several places. Throws
 * `States.Runtime` for a path that cannot be read or looks at too many values.
 */
export function readPath(path: string, root: unknown): Found {
  if (PLAIN.test(path)) return walk(root, partsOf(path));
  try {
    const parsed = parsePath(path);
    const values = select(parsed, root);
    if (!parsed.isDefinite) return { value: values };
    return values.length === 0 ? undefined : { value: values[0] };
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    throw runtimeError(`Invalid path '${path}' : ${error.message}`);
  }
}

/** The value with `result` put where the path says; objects on the way are made. The given value stays as it is. */
export function putAt(path: string, value: unknown, result: unknown): unknown {
  return put(value, partsOf(path), result);
}

/** Where a path's way ends, in the words of the library that AWS reads paths with. */
export function explainMissing(path: string, root: unknown): string {
  const parts = partsOf(path);
  const shown = (count: number) =>
    `$${parts
      .slice(0, count)
      .map((part) => (typeof part === "number" ? `[${part}]` : `['${part}']`))
      .join("")}`;
  const reached = parts.findIndex((_part, index) => walk(root, parts.slice(0, index + 1)) === undefined);
  if (reached < 0 || reached === parts.length - 1) return `No results for path: ${shown(parts.length)}`;
  return `Missing property in path ${shown(reached + 1)}`;
}

function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(PART)].map(([, name, single, double, index]) =>
    index === undefined ? (name ?? single ?? double ?? "") : Number(index),
  );
}

function walk(root: unknown, parts: readonly (string | number)[]): Found {
  let value = root;
  for (const part of parts) {
    if (Array.isArray(value) && typeof part === "number") {
      const index = part < 0 ? value.length + part : part;
      if (index >= value.length || index < 0) return undefined;
      value = value[index] as unknown;
    } else if (isObject(value) && Object.hasOwn(value, String(part))) {
      value = value[String(part)];
    } else {
      return undefined;
    }
  }
  return { value };
}

function put(value: unknown, [part, ...rest]: readonly (string | number)[], result: unknown): unknown {
  if (part === undefined) return result;
  if (Array.isArray(value) && typeof part === "number") {
    const copy = [...(value as unknown[])];
    copy[part] = put(copy[part], rest, result);
    return copy;
  }
  const base = isObject(value) ? value : {};
  const inner = Object.hasOwn(base, String(part)) ? base[String(part)] : undefined;
  return { ...base, [String(part)]: put(inner, rest, result) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
