import type { Clock } from "../state/clock.ts";
import { failure } from "./gateway-answer.ts";
import type { ServedStage } from "./served-stage.ts";

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Holds routes to their rate and burst limits. */
export interface Throttle {
  /** Takes a token of the route's bucket, or refuses with 429. */
  admit(stage: ServedStage, routeKey: string): void;
}

/** A token bucket for every throttled route of a stage: refilled at the rate limit, as deep as the burst limit. */
export function createThrottle(clock: Clock): Throttle {
  const buckets = new Map<string, Bucket>();
  return {
    admit(stage, routeKey) {
      const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = stage.settingsOf(routeKey);
      const depth = burst ?? (rate === undefined ? undefined : Math.max(1, Math.ceil(rate)));
      if (depth === undefined) return;
      const key = `${stage.api.ApiId}/${stage.name}/${routeKey}`;
      const now = clock.now();
      const bucket = buckets.get(key) ?? { tokens: depth, atMs: now };
      bucket.tokens = Math.min(depth, bucket.tokens + ((now - bucket.atMs) / 1000) * (rate ?? 0));
      bucket.atMs = now;
      buckets.set(key, bucket);
      if (bucket.tokens < 1) throw failure(429);
      bucket.tokens -= 1;
    },
  };
}
