import { RemoteError, TidegateError } from "../errors.ts";

interface SdkError extends Error {
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
  readonly code?: string;
}

/**
 * Wraps what the SDK threw, keeping AWS's code, words and request id. `what` says what was being done, for example
 * `The stack Todo cannot be updated`. An error that is one of ours already passes through.
 */
export function remoteError(code: string, what: string, cause: unknown, fix?: string): TidegateError {
  if (cause instanceof TidegateError) return cause;
  const said = cause as SdkError;
  const words = said.message || said.code || "no further words";
  return new RemoteError(code, `${what}: ${said.name}: ${words}`, {
    cause,
    fix,
    remoteCode: said.name,
    requestId: said.$metadata?.requestId,
    statusCode: said.$metadata?.httpStatusCode,
  });
}
