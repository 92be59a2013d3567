/** What has no members of its own to check: scalars, times, bytes, functions, and pairs such as an unknown union's. */
type Leaf =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | Uint8Array
  | readonly [unknown, unknown]
  | ((...args: never) => unknown);

/** A body that is read while it arrives. */
type Streamed =
  | { readonly [Symbol.asyncIterator]: unknown }
  | { readonly pipe: unknown }
  | { readonly getReader: unknown };

/**
 * A structure of the SDK whose required members are there, at every depth. The SDK types a required member as
 * `string | undefined`, since a client may leave it out; `wire/check-input.ts` refuses such a request before a service
 * sees it. Optional members stay optional.
 */
export type Checked<T> = T extends Leaf | Streamed
  ? T
  : T extends readonly (infer E)[]
    ? Checked<E>[]
    : { [K in keyof T]: object extends Pick<T, K> ? Checked<T[K]> : Checked<Exclude<T[K], undefined>> };
