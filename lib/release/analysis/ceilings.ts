import type { AnalysisPolicy } from "../../assembly/release-metadata.ts";
import type { MetricReading, MinuteCount, Percentiles } from "../ports/ports.ts";
import { type Total, totalOf } from "./total.ts";

const MINUTE_MS = 60_000;

/** What fraction of the invocations may take longer than a percentile's ceiling. */
const BEYOND: Readonly<Record<keyof Percentiles, number>> = { p50: 0.5, p90: 0.1, p99: 0.01 };

/** Which absolute ceilings the new version exceeds in the present watch, regardless of the stable version: sentences. */
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
  const requests = inWatch(reading.outcomes?.next);
  sentences.push(...burnRate(policy, seen, "invocations"), ...burnRate(policy, requests, "requests"));
  for (const { percentile, ceilingMs, next } of reading.overCeiling ?? []) {
    check(
      inWatch(next),
      BEYOND[percentile],
      `invocations took longer than ${ceilingMs} ms, the ceiling of ${percentile}`,
    );
  }
  return sentences;
}

/** How fast failures use up the error budget: 1 uses it up exactly over the objective's period. */
function burnRate({ slo, minInvocations }: AnalysisPolicy, { invocations, errors }: Total, what: string): string[] {
  if (slo === undefined) return [];
  const rate = errors / Math.max(invocations, minInvocations) / (1 - slo.objective);
  if (rate <= slo.maxBurnRate) return [];
  const shown = Number(rate.toPrecision(3));
  return [
    `${errors} of ${invocations} ${what} failed: the error budget burns at ${shown}, more than ${slo.maxBurnRate}`,
  ];
}

function percent(rate = 0): string {
  return `${Number((rate * 100).toPrecision(4))} %`;
}
