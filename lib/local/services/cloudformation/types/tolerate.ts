import { isAwsError } from "../../../aws-error.ts";

/** Waits for `work` and takes these refusals of AWS for an answer: `undefined`. */
export async function tolerate<T>(work: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAwsError(error, ...codes)) return undefined;
    throw error;
  }
}

/** Whether two values of a template say the same. The order of an object's keys does not count. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameValue(item, b[index]))
    );
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) && sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

/** The names of the properties that differ. */
export function changedNames(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameValue(before[name], after[name]));
}

/** The named properties that are there, under the same names. */
export function pick<T extends object, const K extends keyof T>(properties: T, names: readonly K[]): Pick<T, K>;
export function pick(properties: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

/** A list of tags as a map. */
export function tagMap(tags: readonly { readonly Key: string; readonly Value: string }[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value]));
}

/** What to write and what to remove so that `before` becomes `after`. */
export function tagDifference(
  before: readonly { readonly Key: string; readonly Value: string }[],
  after: readonly { readonly Key: string; readonly Value: string }[],
): { set: { Key: string; Value: string }[]; removed: string[] } {
  const old = new Map(before.map((tag) => [tag.Key, tag.Value]));
  const kept = new Set(after.map((tag) => tag.Key));
  return {
    set: after.filter((tag) => old.get(tag.Key) !== tag.Value).map((tag) => ({ Key: tag.Key, Value: tag.Value })),
    removed: [...old.keys()].filter((key) => !kept.has(key)),
  };
}
