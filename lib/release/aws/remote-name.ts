import { RemoteError } from "../../errors.ts";
import { hasRemoteCode } from "../../aws/remote-error.ts";

/** Whether AWS answered with one of these error codes. */
export function hasName(error: unknown, ...names: readonly string[]): boolean {
  return hasRemoteCode(error, ...names);
}

/** AWS's code and words, with the operation and the request id. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The HTTP status that AWS answered with, where it answered. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof RemoteError ? error.statusCode : undefined;
}
