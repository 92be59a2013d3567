/**
 * An error in AWS's own words, as a service of the local cloud throws it. Only `wire/` turns it into bytes, by the
 * schema of the error with this name (its members, its HTTP status); a code without a schema gets `statusCode`.
 */
export class AwsError extends Error {
  /** AWS's error code, for example `ResourceNotFoundException`. */
  readonly code: string;
  /** The HTTP status where the schema names none. 400 by default. */
  readonly statusCode: number | undefined;
  /** Further members of the error's shape, for example `Type: "User"`. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Headers that go with the refusal beside those of its schema, for example `x-amz-bucket-region`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The code that Query clients know it by, where it is not in the schema. */
  readonly queryCode: string | undefined;

  constructor(
    code: string,
    message: string,
    options: {
      statusCode?: number;
      members?: Record<string, unknown>;
      headers?: Record<string, string>;
      queryCode?: string;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.statusCode = options.statusCode;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
    this.queryCode = options.queryCode;
  }
}

/** Whether `error` is AWS's error `code`. */
export function isAwsError(error: unknown, ...codes: readonly string[]): error is AwsError {
  return error instanceof AwsError && (codes.length === 0 || codes.includes(error.code));
}
