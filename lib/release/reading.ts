/** A reading that may have failed. */
export type Reading<T> =
  | { readonly kind: "read"; readonly value: T }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Reads something; what cannot be read is reported as such. */
export async function read<T>(reading: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: "read", value: await reading() };
  } catch (error) {
    return { kind: "unreadable", reason: error instanceof Error ? error.message : String(error) };
  }
}
