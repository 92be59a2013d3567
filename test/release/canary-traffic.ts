import type { CanaryTraffic } from "./canary-study.ts";

/** Traffic whose figures stay as they are. */
export function steadyTraffic(of: {
  readonly share: number;
  readonly next: number;
  readonly stable: number;
  readonly invocationsPerMinute?: number;
  readonly minutes?: number;
}): CanaryTraffic {
  const { share, next, stable, invocationsPerMinute = 1000, minutes = 15 } = of;
  return { minutes, invocationsPerMinute, share, errorRates: () => ({ next, stable }) };
}

/** Releases of versions that fail alike, by what is special about their traffic. */
export const HEALTHY: Readonly<Record<string, CanaryTraffic>> = {
  "canary of 10 %, 1 % fail": steadyTraffic({ share: 0.1, next: 0.01, stable: 0.01 }),
  "canary of 10 %, 1 % fail, watched for an hour": steadyTraffic({ share: 0.1, next: 0.01, stable: 0.01, minutes: 60 }),
  "canary of 50 %, 2 % fail": steadyTraffic({ share: 0.5, next: 0.02, stable: 0.02, invocationsPerMinute: 400 }),
  "canary of 1 %, 0.1 % fail": steadyTraffic({ share: 0.01, next: 0.001, stable: 0.001 }),
  "60 invocations a minute, 5 % fail": steadyTraffic({
    share: 0.1,
    next: 0.05,
    stable: 0.05,
    invocationsPerMinute: 60,
  }),
  "100 invocations a minute, 30 % fail": steadyTraffic({
    share: 0.1,
    next: 0.3,
    stable: 0.3,
    invocationsPerMinute: 100,
  }),
  "errors that come and go for both": {
    ...steadyTraffic({ share: 0.1, next: 0, stable: 0 }),
    errorRates: (minute) => {
      const rate = minute % 5 === 0 ? 0.2 : 0.002;
      return { next: rate, stable: rate };
    },
  },
};
