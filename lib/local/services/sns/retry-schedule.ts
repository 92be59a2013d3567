import type { RetryPolicy } from "./delivery-policy.ts";

/** Retries that come one after another with delays of the same kind, in seconds. */
interface Phase {
  readonly count: number;
  readonly delay: (index: number, count: number) => number;
}

/**
 * For endpoints that AWS runs (queues, functions): 100,015 attempts over 23 days.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
const AWS_MANAGED: readonly Phase[] = [
  { count: 3, delay: () => 0 },
  { count: 2, delay: () => 1 },
  { count: 10, delay: between(1, 20, "exponential") },
  { count: 100_000, delay: () => 20 },
];

/** How long to wait before the next try of an endpoint that AWS runs, after `attempts` that failed (the last included). */
export function managedRetryMs(attempts: number): number | undefined {
  return findDelay(AWS_MANAGED, attempts);
}

/** How long to wait before the next try of a web address; nothing when all were made. */
export function httpRetryMs(policy: RetryPolicy, attempts: number): number | undefined {
  const {
    minDelayTarget: min,
    maxDelayTarget: max,
    numNoDelayRetries,
    numMinDelayRetries,
    numMaxDelayRetries,
  } = policy;
  const backoffs = policy.numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries;
  return findDelay(
    [
      { count: numNoDelayRetries, delay: () => 0 },
      { count: numMinDelayRetries, delay: () => min },
      { count: backoffs, delay: between(min, max, policy.backoffFunction) },
      { count: numMaxDelayRetries, delay: () => max },
    ],
    attempts,
  );
}

function findDelay(phases: readonly Phase[], attempts: number): number | undefined {
  let index = attempts - 1;
  for (const { count, delay } of phases) {
    if (index < count) return delay(index, count) * 1000;
    index -= count;
  }
  return undefined;
}

/** From `min` to `max`: linear by even steps, arithmetic by growing ones, geometric and exponential by factors. */
function between(min: number, max: number, shape: RetryPolicy["backoffFunction"]): Phase["delay"] {
  return (index, count) => {
    const part = count <= 1 ? 1 : index / (count - 1);
    if (shape === "linear") return min + (max - min) * part;
    if (shape === "arithmetic") return min + (max - min) * part ** 2;
    return min * (max / min) ** part;
  };
}
