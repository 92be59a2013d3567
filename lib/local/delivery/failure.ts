import { isAwsError } from "../aws-error.ts";
import { errorText } from "../kit/error-text.ts";

/** Whether a delivery that failed is tried again: never, later, or later because the target is over its limits. */
export type FailureKind = "final" | "retryable" | "throttled";

/** A target did not take a delivery. */
export class DeliveryFailure extends Error {
  readonly code: string;
  readonly kind: FailureKind;
  /** When the target itself asked to be tried again. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, kind: FailureKind = "final", retryAfterMs?: number) {
    super(message);
    this.name = code;
    this.code = code;
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What an error means for a delivery. What is not AWS's error is the cloud's own fault, and is tried again. */
export function toFailure(error: unknown): DeliveryFailure {
  if (error instanceof DeliveryFailure) return error;
  if (!isAwsError(error)) return new DeliveryFailure("InternalError", errorText(error), "retryable");
  return new DeliveryFailure(error.code, error.message, failureKindOf(error.code, error.statusCode));
}

/** What AWS's services retry: throttling, faults of the target (5xx), and a target that is being changed. */
export function failureKindOf(code: string, statusCode = 400): FailureKind {
  if (/Throttl|TooManyRequests|ThroughputExceeded|LimitExceeded/.test(code)) return "throttled";
  // 501: the local cloud does not support the operation.
  const isFault = statusCode >= 500 && statusCode !== 501;
  return isFault || /NotReady|ResourceConflict/.test(code) ? "retryable" : "final";
}
