import type { Checked } from "../../../kit/checked.ts";
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { inOrder, type TimeSeries } from "../math/math-value.ts";

/**
 * The labels of metrics that were given none: the metric's name, with the statistic and the period where the
 * request's queries differ in them. An expression is called by its id.
 */
export function defaultLabels(queries: readonly Checked<MetricDataQuery>[]): ReadonlyMap<string, string> {
  const stats = queries.flatMap((query) => (query.MetricStat ? [query.MetricStat] : []));
  const many = (values: unknown[]) => new Set(values).size > 1;
  const withStat = many(stats.map((stat) => stat.Stat));
  const withPeriod = many(stats.map((stat) => stat.Period));
  return new Map(
    queries.map(({ Id, MetricStat: stat }) => [
      Id,
      stat ? `${stat.Metric?.MetricName}${withStat ? ` ${stat.Stat}` : ""}${withPeriod ? ` ${stat.Period}` : ""}` : Id,
    ]),
  );
}

/** A label with its dynamic parts filled in: `${MAX}`, `${LAST}`, `${PROP('MetricName')}`, `${LABEL}`, … */
export function filledLabel(label: string, query: Checked<MetricDataQuery>, one: TimeSeries, fallback: string): string {
  if (!label.includes("${")) return label;
  const values = inOrder(one).map(([, value]) => value);
  return label.replaceAll(/\$\{([A-Z_]+)(?:\(\s*'([^']+)'\s*\))?\}/g, (all, name: string, argument?: string) => {
    if (name === "LABEL") return fallback;
    if (name === "PROP") return propertyOf(query, argument ?? "") ?? all;
    const value = valueOf(name, values);
    return value === undefined ? (VALUES.has(name) ? "--" : all) : String(value);
  });
}

const VALUES = new Set(["MIN", "MAX", "AVG", "SUM", "LAST", "FIRST", "DATAPOINT_COUNT"]);

function valueOf(name: string, values: readonly number[]): number | undefined {
  if (name === "DATAPOINT_COUNT") return values.length;
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  if (name === "MIN") return Math.min(...values);
  if (name === "MAX") return Math.max(...values);
  if (name === "SUM") return sum;
  if (name === "AVG") return sum / values.length;
  if (name === "FIRST") return values[0];
  return name === "LAST" ? values.at(-1) : undefined;
}

function propertyOf({ MetricStat: stat, Period }: Checked<MetricDataQuery>, name: string): string | undefined {
  if (name === "Namespace") return stat?.Metric?.Namespace;
  if (name === "MetricName") return stat?.Metric?.MetricName;
  if (name === "Stat") return stat?.Stat;
  if (name === "Period") return String(stat?.Period ?? Period ?? "");
  const dimension = /^Dim\.(.+)$/.exec(name)?.[1];
  return stat?.Metric?.Dimensions?.find((one) => one.Name === dimension)?.Value;
}
