import { AwsError } from "../../../aws-error.ts";
import { CallFailure } from "../../../http-connection/call-out.ts";

/** The codes that AWS gives dead letters, as far as they come up here. */
export type FailureCode =
  | "CONNECTION_FAILURE"
  | "ERROR_FROM_TARGET"
  | "INTERNAL_ERROR"
  | "INVALID_PARAMETER"
  | "NO_PERMISSIONS"
  | "NO_RESOURCE"
  | "SDK_CLIENT_ERROR"
  | "THROTTLING"
  | "TIMEOUT";

/** Why a target did not take an event. */
export class TargetFailure extends Error {
  readonly code: FailureCode;
  /** Trying again would not help. */
  readonly isFinal: boolean;
  /** When the target itself asked to be tried again. */
  readonly retryAfterMs: number | undefined;

  constructor(code: FailureCode, message: string, options: { isFinal?: boolean; retryAfterMs?: number } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.isFinal = options.isFinal ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What an error of another service means for the delivery. */
export function toTargetFailure(error: unknown): TargetFailure {
  if (error instanceof TargetFailure) return error;
  if (error instanceof CallFailure) return new TargetFailure(error.code, error.message);
  if (!(error instanceof AwsError)) return new TargetFailure("INTERNAL_ERROR", String(error));
  const { code, message, statusCode = 400 } = error;
  if (/NotFound|NonExist|DoesNotExist/.test(code)) return new TargetFailure("NO_RESOURCE", message, { isFinal: true });
  if (/Throttl|TooManyRequests|ThroughputExceeded|LimitExceeded/.test(code))
    return new TargetFailure("THROTTLING", message);
  if (statusCode >= 500 && statusCode !== 501) return new TargetFailure("ERROR_FROM_TARGET", message);
  return new TargetFailure("SDK_CLIENT_ERROR", `${code}: ${message}`, { isFinal: true });
}
