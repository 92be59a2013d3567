import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { LatencyPolicy } from "../../assembly/release-metadata.ts";
import type { MetricReading, MetricsPort, MinuteCount, OverCeiling, Percentiles, SlowerCount } from "../ports/ports.ts";
import { fetchMetricData, type MetricData } from "./metric-data.ts";
import { aliasDimensions, PERCENTILES, slowerQueries } from "./version-queries.ts";

const MINUTE_MS = 60_000;
/** Fewer minutes than this before the release make no percentiles to compare with. */
const LEAST_MINUTES = 5;

type Query = Parameters<MetricsPort["read"]>[0];

interface Threshold {
  readonly percentile: keyof Percentiles;
  readonly thresholdMs: number;
}

/**
 * How many invocations of both versions took longer than what the alias's percentiles were before the release, and than
 * the policy's ceilings. CloudWatch counts them by its statistic `TC`. `before` holds the durations of the hour before.
 */
export async function readSlower(
  client: CloudWatchClient,
  before: MetricData,
  query: Query,
  latency: LatencyPolicy,
): Promise<Pick<MetricReading, "slower" | "overCeiling">> {
  const since = floorMinute(query.from);
  const thresholds = baselineThresholds(before, since, latency.tolerance);
  const ceilings = policyCeilings(latency);
  const all = [...thresholds, ...ceilings].map(({ thresholdMs }) => thresholdMs);
  if (all.length === 0) return {};
  const { target, next, stable, to } = query;
  const versions = { next: aliasDimensions(target, next), stable: aliasDimensions(target, stable) };
  const queries = Object.entries(versions).flatMap(([id, dimensions]) => slowerQueries(id, dimensions, all));
  const data = await fetchMetricData(client, queries, since, floorMinute(to) + MINUTE_MS);
  const slower = thresholds.map((one, index): SlowerCount => ({
    ...one,
    next: countSlower(data, "next", index),
    stable: countSlower(data, "stable", index),
  }));
  const overCeiling = ceilings.map(({ percentile, thresholdMs }, index): OverCeiling => {
    const place = thresholds.length + index;
    return { percentile, ceilingMs: thresholdMs, next: countSlower(data, "next", place) };
  });
  return { slower, overCeiling };
}

/**
 * The median over the minutes of the hour before the release, with the tolerance on top. Any threshold that is fixed
 * before the release keeps the comparison honest; this one is where a slower version shows.
 */
function baselineThresholds(before: MetricData, since: number, tolerance: number): Threshold[] {
  return PERCENTILES.flatMap((percentile) => {
    const minutes = [...before.series(`before_${percentile}`)].filter(([at]) => at < since).map(([, value]) => value);
    if (minutes.length < LEAST_MINUTES) return [];
    const median = minutes.sort((a, b) => a - b)[Math.floor(minutes.length / 2)] ?? 0;
    return [{ percentile, thresholdMs: roundMs(median * (1 + tolerance)) }];
  });
}

function policyCeilings({ maxP50Ms, maxP90Ms, maxP99Ms }: LatencyPolicy): Threshold[] {
  const ceilings = { p50: maxP50Ms, p90: maxP90Ms, p99: maxP99Ms };
  return PERCENTILES.flatMap((percentile) => {
    const thresholdMs = ceilings[percentile];
    return thresholdMs === undefined ? [] : [{ percentile, thresholdMs }];
  });
}

/** Both figures come from one metric: a minute that has invocations and no count of slow ones has none of them. */
function countSlower(data: MetricData, id: string, place: number): MinuteCount[] {
  const slow = data.series(`${id}_slower_${place}`);
  return [...data.series(`${id}_timed`)].map(([at, invocations]) => ({ at, invocations, errors: slow.get(at) ?? 0 }));
}

function roundMs(value: number): number {
  return Math.round(value * 100) / 100;
}

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
