import type { Cancel, Clock } from "../../../state/clock.ts";
import type { MetricStore } from "./metric-store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Data gets coarser with age, as AWS keeps it: seconds for 3 hours, minutes for 15 days, 5 minutes for 63 days, hours
 * for 455 days. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
 */
const STEPS = [
  { widthMs: 60_000, afterMs: 3 * HOUR_MS },
  { widthMs: 300_000, afterMs: 15 * DAY_MS },
  { widthMs: HOUR_MS, afterMs: 63 * DAY_MS },
] as const;
const SWEEP_EVERY_MS = 6 * HOUR_MS;
const FORGOTTEN_AFTER_MS = 455 * DAY_MS;

/** Ages the data every six hours of the cloud's time. Returns how to end it. */
export function startMetricRetention(clock: Clock, metrics: MetricStore): Cancel {
  let cancel: Cancel;
  const sweep = () => {
    const nowMs = clock.now();
    for (const { widthMs, afterMs } of STEPS) metrics.rollUp(widthMs, nowMs - (nowMs % HOUR_MS) - afterMs);
    metrics.drop(nowMs - FORGOTTEN_AFTER_MS);
    cancel = clock.at(nowMs + SWEEP_EVERY_MS, sweep);
  };
  cancel = clock.at(clock.now() + SWEEP_EVERY_MS, sweep);
  return () => cancel();
}
