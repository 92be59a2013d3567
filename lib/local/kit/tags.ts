interface Tag {
  readonly Key?: string | undefined;
}

/**
 * The tags after some were set: an added tag replaces an earlier one of the same key and moves to the end. Keys that
 * are added twice stay, so that the service can refuse them; see `lastOfEachKey` for services that do not.
 */
export function addTags<T extends Tag>(tags: readonly T[], added: readonly T[] = []): T[] {
  const replaced = new Set(added.map(({ Key }) => Key));
  return [...tags.filter(({ Key }) => !replaced.has(Key)), ...added];
}

/** The tags without those of the given keys. */
export function removeTags<T extends Tag>(tags: readonly T[], keys: readonly string[] = []): T[] {
  return tags.filter(({ Key }) => Key === undefined || !keys.includes(Key));
}

/** Each key once, with the value that was given last. */
export function lastOfEachKey<T extends Tag>(tags: readonly T[] = []): T[] {
  return [...new Map(tags.map((tag) => [tag.Key, tag])).values()];
}

/** A map of tags without the given keys. */
export function removeTagKeys<V>(
  tags: Readonly<Record<string, V>> | undefined,
  keys: readonly string[] | undefined,
): Record<string, V> {
  return Object.fromEntries(Object.entries(tags ?? {}).filter(([key]) => !keys?.includes(key)));
}
