import type { FailureKind } from "./failure.ts";

/** For how long a delivery is tried again, and how fast. */
export interface RetryLimits {
  /** Attempts after the first. @default as many as the age allows */
  readonly maxRetries?: number;
  /** Milliseconds since the delivery was accepted. @default without end */
  readonly maxAgeMs?: number;
  /** The first pause; each further one is twice as long. @default one second */
  readonly firstMs?: number;
  /** The longest pause. @default eight minutes: with it, 185 attempts take AWS's 24 hours */
  readonly longestMs?: number;
}

/** Which limit ended the retries, as dead letters name it. */
export type ExhaustedLimit = "MaximumRetryAttempts" | "MaximumEventAgeInSeconds";

/** When a delivery is tried again, or why it is not; without a limit the failure was final. */
export type Retry = { readonly retryAfterMs: number } | { readonly exhausted: ExhaustedLimit | undefined };

/** A `RetryPolicy` as targets of EventBridge and EventBridge Scheduler have it. */
interface RetryPolicy {
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumEventAgeInSeconds?: number | undefined;
}

/** The limits that a target's retry policy sets. Without one they are 185 retries in 24 hours. */
export function limitsOf({ MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 }: RetryPolicy = {}) {
  return { maxRetries: MaximumRetryAttempts, maxAgeMs: MaximumEventAgeInSeconds * 1000 };
}

/** When to try again after a failure. `attempts` counts the attempts before the one that failed. */
export function planRetry(
  failure: { readonly kind: FailureKind; readonly retryAfterMs?: number | undefined },
  attempts: number,
  limits: RetryLimits,
  ageMs = 0,
): Retry {
  const { maxRetries = Infinity, maxAgeMs = Infinity, firstMs = 1000, longestMs = 8 * 60_000 } = limits;
  if (failure.kind === "final") return { exhausted: undefined };
  if (attempts >= maxRetries) return { exhausted: "MaximumRetryAttempts" };
  const leftMs = maxAgeMs - ageMs;
  if (leftMs <= 0) return { exhausted: "MaximumEventAgeInSeconds" };
  return { retryAfterMs: Math.min(failure.retryAfterMs ?? Math.min(longestMs, firstMs * 2 ** attempts), leftMs) };
}
