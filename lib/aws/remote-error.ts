import { RemoteError, TidegateError } from "../errors.ts";
import { AwsCallError, type CallFailure } from "./call-error.ts";

/** Failures whose own fix applies to every call. */
const SELF_EXPLAINING: ReadonlySet<CallFailure> = new Set(["credentials", "unreachable"]);

/** Failures that may be over by the next attempt. */
const TRANSIENT: ReadonlySet<CallFailure> = new Set(["credentials", "unreachable", "throttled", "failed"]);

/**
 * Says what was being done when a call failed, and keeps AWS's code, message and request id. `what` is a clause, for
 * example `The stack Todo cannot be updated`. Errors other than `AwsCallError` pass through.
 */
export function remoteError(code: string, what: string, cause: unknown, fix?: string): Error {
  if (!(cause instanceof AwsCallError)) return cause instanceof Error ? cause : new Error(String(cause));
  const { message, remoteCode, requestId, statusCode } = cause;
  return new RemoteError(code, `${what}: ${message}`, {
    cause,
    fix: fixOf(cause, fix),
    ...(remoteCode === undefined ? {} : { remoteCode }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(statusCode === undefined ? {} : { statusCode }),
  });
}

/** A refusal may have a reason of its own beside the missing permission: a bucket of another account, for example. */
function fixOf({ failure, fix: own }: AwsCallError, fix: string | undefined): string | undefined {
  if (fix === undefined || SELF_EXPLAINING.has(failure)) return own;
  return failure === "denied" && own !== undefined ? `${fix} ${own}` : fix;
}

/** Whether a call, or what was made of its failure, may succeed when it is retried. */
export function isTransient(error: unknown): boolean {
  const call = callErrorIn(error);
  return call !== undefined && TRANSIENT.has(call.failure);
}

function callErrorIn(error: unknown): AwsCallError | undefined {
  if (error instanceof AwsCallError) return error;
  return error instanceof TidegateError ? callErrorIn(error.cause) : undefined;
}

/** Whether AWS answered with one of these error codes, for example `ResourceNotFoundException`. */
export function hasRemoteCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof RemoteError && error.remoteCode !== undefined && codes.includes(error.remoteCode);
}
