/** The value under a key that the caller knows to be there. Throws where it is not, so that a wrong belief is found. */
export function getKnown<K, V>(map: { get(key: K): V | null | undefined }, key: K): V {
  const value = map.get(key);
  if (value === undefined || value === null) throw new Error(`Nothing is stored under the key ${String(key)}.`);
  return value;
}
