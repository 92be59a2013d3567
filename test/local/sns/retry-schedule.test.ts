import { expect, test } from "vitest";
import { httpRetryMs, managedRetryMs } from "../../../lib/local/services/sns/retry-schedule.ts";
import type { RetryPolicy } from "../../../lib/local/services/sns/delivery-policy.ts";

function delaysOf(next: (attempts: number) => number | undefined): number[] {
  const delays: number[] = [];
  for (let delay = next(1); delay !== undefined; delay = next(delays.length + 1)) delays.push(delay);
  return delays;
}

const seconds = (delays: readonly number[]) => delays.map((delay) => Math.round(delay / 10) / 100);

test("what AWS runs is tried 100,015 times more, over 23 days", () => {
  const delays = delaysOf(managedRetryMs);
  expect(delays).toHaveLength(100_015);
  expect(seconds(delays.slice(0, 5))).toEqual([0, 0, 0, 1, 1]);
  expect([delays[5], delays[14], delays[15], delays.at(-1)]).toEqual([1000, 20_000, 20_000, 20_000]);
  expect(Math.round(delays.reduce((sum, delay) => sum + delay, 0) / 86_400_000)).toBe(23);
});

const POLICY: RetryPolicy = {
  minDelayTarget: 2,
  maxDelayTarget: 32,
  numRetries: 9,
  numNoDelayRetries: 1,
  numMinDelayRetries: 1,
  numMaxDelayRetries: 2,
  backoffFunction: "linear",
};

test.each([
  ["linear", [0, 2, 2, 9.5, 17, 24.5, 32, 32, 32]],
  ["arithmetic", [0, 2, 2, 3.88, 9.5, 18.88, 32, 32, 32]],
  ["exponential", [0, 2, 2, 4, 8, 16, 32, 32, 32]],
] as const)("a web address is tried by its policy: %s", (backoffFunction, delays) => {
  expect(seconds(delaysOf((attempts) => httpRetryMs({ ...POLICY, backoffFunction }, attempts)))).toEqual(delays);
});

test("no retries are none", () => {
  const none = { ...POLICY, numRetries: 0, numNoDelayRetries: 0, numMinDelayRetries: 0, numMaxDelayRetries: 0 };
  expect(httpRetryMs(none, 1)).toBeUndefined();
});
