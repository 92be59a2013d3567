import type { PatternMatch } from "./filter-pattern/pattern-match.ts";
import type { Checked } from "../../kit/checked.ts";
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { MetricFilter, MetricTransformation } from "@aws-sdk/client-cloudwatch-logs";
import type { Cloud } from "../../service.ts";
import { createDataPublisher } from "./data-publisher.ts";
import { readFilterPattern } from "./filter-pattern/filter-pattern.ts";
import type { FilterTables } from "./filter-tables.ts";
import type { IngestedBatch } from "./ingestion.ts";

const MINUTE_MS = 60_000;

interface OpenMinute {
  matched: boolean;
}

/** Publishes what metric filters find in what comes in, and their default value for a minute in which they find none. */
export function createMetricPublisher(cloud: Cloud, filters: FilterTables) {
  const minutes = new Map<string, OpenMinute>();
  const publish = createDataPublisher(cloud, "metric filter data");

  /** Remembers that the filter saw events in this minute; when it is over without a match, the default is published. */
  function openMinute(key: string, region: string, one: Checked<MetricTransformation>): OpenMinute {
    const startMs = cloud.clock.now() - (cloud.clock.now() % MINUTE_MS);
    const id = `${key}@${startMs}`;
    const known = minutes.get(id);
    if (known) return known;
    const minute: OpenMinute = { matched: false };
    minutes.set(id, minute);
    cloud.clock.at(startMs + MINUTE_MS, () => {
      minutes.delete(id);
      if (!minute.matched && one.defaultValue !== undefined)
        publish(region, one.metricNamespace, [datumOf(one, startMs, one.defaultValue, [])]);
    });
    return minute;
  }

  return (batch: IngestedBatch): void => {
    const prefix = filters.prefix(batch.group);
    for (const [key, filter] of filters.metric.list(prefix)) {
      const one = filter.metricTransformations?.[0];
      if (!one) continue;
      const data = dataOf(filter, one, batch);
      if (one.defaultValue !== undefined) {
        const minute = openMinute(key, batch.group.region, one);
        minute.matched ||= data.length > 0;
      }
      if (data.length > 0) publish(batch.group.region, one.metricNamespace, data);
    }
  };
}

function dataOf(
  filter: Checked<MetricFilter>,
  one: Checked<MetricTransformation>,
  batch: IngestedBatch,
): Checked<MetricDatum>[] {
  const pattern = readFilterPattern(filter.filterPattern ?? "");
  return batch.events.flatMap((event) => {
    const match = pattern.match(event.message);
    const value = match && valueOf(one, match);
    const dimensions = match && dimensionsOf(one, match);
    return value === undefined || dimensions === undefined ? [] : [datumOf(one, event.timestamp, value, dimensions)];
  });
}

/** A literal number, or a field's; a match whose field is not a number publishes nothing. */
function valueOf(one: Checked<MetricTransformation>, match: PatternMatch): number | undefined {
  const source = one.metricValue ?? "";
  const found = source.startsWith("$") ? match.value(source) : source;
  const number = found === undefined || found === "" ? Number.NaN : Number(found);
  return Number.isFinite(number) ? number : undefined;
}

/** Fields as dimensions; a match that lacks one of them publishes nothing. */
function dimensionsOf(one: Checked<MetricTransformation>, match: PatternMatch): [string, string][] | undefined {
  const found = Object.entries(one.dimensions ?? {}).map(([name, field]) => [name, match.value(field)] as const);
  if (found.some(([, value]) => value === undefined || value === "")) return undefined;
  return found.map(([name, value]) => [name, String(value)]);
}

function datumOf(
  one: Checked<MetricTransformation>,
  timestampMs: number,
  value: number,
  dimensions: readonly (readonly [string, string])[],
): Checked<MetricDatum> {
  return {
    MetricName: one.metricName,
    Timestamp: new Date(timestampMs),
    Value: value,
    Unit: one.unit ?? "None",
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
  };
}
