/** The record with those of `keys` that the input names; what is not named stays, an empty text takes it away. */
export function patched<R extends object, I extends object>(
  record: R,
  input: I,
  keys: readonly (keyof R & keyof I)[],
): R {
  const next: R = { ...record };
  for (const key of keys) {
    const value = input[key] as unknown;
    if (value === undefined) continue;
    if (value === "") delete next[key];
    else next[key] = value as R[typeof key];
  }
  return next;
}

/** Those of `keys` that the input gives, and no others. */
export function picked<I extends object, K extends keyof I>(input: I, keys: readonly K[]): Partial<Pick<I, K>> {
  const found: Partial<Pick<I, K>> = {};
  for (const key of keys) if (input[key] !== undefined) found[key] = input[key];
  return found;
}
