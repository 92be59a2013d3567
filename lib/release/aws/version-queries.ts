import type { Dimension, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Percentiles } from "../ports/ports.ts";

/** The percentiles that durations are read by. */
export const PERCENTILES: readonly (keyof Percentiles)[] = ["p50", "p90", "p99"];

/** A function's alias, as its metrics name it. */
export interface AliasName {
  readonly name: string;
  readonly alias: string;
}

/** A statistic of a metric, minute by minute unless another period is given. */
export interface StatisticQuery {
  readonly id: string;
  readonly namespace?: string;
  readonly metric: string;
  readonly stat: string;
  readonly dimensions: Dimension[];
  readonly periodSeconds?: number;
}

/** One query of GetMetricData; Lambda's own metrics by default. */
export function statisticQuery(query: StatisticQuery): MetricDataQuery {
  const { id, namespace = "AWS/Lambda", metric, stat, dimensions, periodSeconds = 60 } = query;
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions: dimensions };
  return { Id: id, MetricStat: { Metric, Period: periodSeconds, Stat: stat } };
}

/** How a function's metrics name the alias, or one of the versions that it routes to. */
export function aliasDimensions({ name, alias }: AliasName, version?: string): Dimension[] {
  const resource = [dimension("FunctionName", name), dimension("Resource", `${name}:${alias}`)];
  return version === undefined ? resource : [...resource, dimension("ExecutedVersion", version)];
}

/** How they name calls of a version by its own number. */
export function versionDimensions(name: string, version: string): Dimension[] {
  return [dimension("FunctionName", name), dimension("Resource", `${name}:${version}`)];
}

/** Invocations and errors for the given dimensions. */
export function countQueries(id: string, dimensions: Dimension[]): MetricDataQuery[] {
  return [
    statisticQuery({ id: `${id}_invocations`, metric: "Invocations", stat: "Sum", dimensions }),
    statisticQuery({ id: `${id}_errors`, metric: "Errors", stat: "Sum", dimensions }),
  ];
}

/** Percentiles of the duration. */
export function durationQueries(id: string, dimensions: Dimension[], periodSeconds?: number): MetricDataQuery[] {
  const period = periodSeconds === undefined ? {} : { periodSeconds };
  return PERCENTILES.map((stat) =>
    statisticQuery({ id: `${id}_${stat}`, metric: "Duration", stat, dimensions, ...period }),
  );
}

/** Requests that a function reported, and those that it answered with a status of 500 or above. */
export function outcomeQueries(id: string, dimensions: Dimension[]): MetricDataQuery[] {
  const shared = { namespace: "Tidegate", metric: "ServerErrors", dimensions };
  return [
    statisticQuery({ id: `${id}_requests`, stat: "SampleCount", ...shared }),
    statisticQuery({ id: `${id}_server_errors`, stat: "Sum", ...shared }),
  ];
}

/** How many invocations took longer than each threshold, in milliseconds; ids end with the threshold's place. */
export function slowerQueries(id: string, dimensions: Dimension[], thresholdsMs: readonly number[]): MetricDataQuery[] {
  const shared = { metric: "Duration", dimensions };
  return [
    statisticQuery({ id: `${id}_timed`, stat: "SampleCount", ...shared }),
    ...thresholdsMs.map((thresholdMs, index) =>
      statisticQuery({ id: `${id}_slower_${index}`, stat: `TC(${thresholdMs}:)`, ...shared }),
    ),
  ];
}

function dimension(Name: string, Value: string): Dimension {
  return { Name, Value };
}
