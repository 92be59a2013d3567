import type { Collection, Store } from "./store.ts";

/** A collection that is read from the store once and then from memory; every write goes to both. */
export function openCachedCollection<T>(store: Store, name: string): Collection<T> {
  const stored = store.collection<T>(name);
  let loaded: Map<string, T> | undefined;
  const all = () => (loaded ??= new Map(stored.list()));
  return {
    get: (key) => all().get(key),
    put: (key, value) => {
      stored.put(key, value);
      all().set(key, value);
    },
    delete: (key) => {
      all().delete(key);
      return stored.delete(key);
    },
    list: (prefix = "") => {
      const found = [...all()].filter(([key]) => key.startsWith(prefix));
      return found.sort(([a], [b]) => (a < b ? -1 : 1));
    },
  };
}
