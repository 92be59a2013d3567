import type { AnalysisPolicy } from "../../assembly/release-metadata.ts";
import type { MetricReading, MinuteCount, Percentiles } from "../ports/ports.ts";
import { type Total, totalOf } from "./total.ts";

const MINUTE_MS = 60_000;

/** What fraction of the invocations may take longer than a percentile's ceiling. */
const BEYOND: Readonly<Record<keyof Percentiles, number>> = { p50: 0.5, p90: 0.1, p99: 0.01 };

/** Which absolute ceilings the new version exceeds in the present watch, whatever the stable version does: sentences. */
export function exceededCeilings(
  reading: MetricReading,
  seen: Total,
  since: number,
  policy: AnalysisPolicy,
): readonly string[] {
  const { maxErrorRate, maxThrottleRate, minInvocations } = policy;
  const from = Math.floor(since / MINUTE_MS) * MINUTE_MS;
  const over = (total: Total, rate: number | undefined) =>
    rate !== undefined && total.errors > rate * Math.max(total.invocations, minInvocations);
  const sentences: string[] = [];
  const check = (total: Total, rate: number | undefined, sentence: string) => {
    if (over(total, rate)) sentences.push(`${total.errors} of ${total.invocations} ${sentence}`);
  };
  const inWatch = (minutes: readonly MinuteCount[] = []) => totalOf(minutes, from);
  check(seen, maxErrorRate, `invocations failed, more than ${percent(maxErrorRate)}`);
  check(
    inWatch(reading.outcomes?.next),
    maxErrorRate,
    `requests were answered with a status of 500 or above, more than ${percent(maxErrorRate)}`,
  );
  check(
    inWatch(reading.throttles),
    maxThrottleRate,
    `invocations were throttled, more than ${percent(maxThrottleRate)}`,
  );
  for (const { percentile, ceilingMs, next } of reading.overCeiling ?? []) {
    check(
      inWatch(next),
      BEYOND[percentile],
      `invocations took longer than ${ceilingMs} ms, the ceiling of ${percentile}`,
    );
  }
  return sentences;
}

function percent(rate = 0): string {
  return `${Number((rate * 100).toPrecision(4))} %`;
}
