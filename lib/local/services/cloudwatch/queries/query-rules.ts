import type { Checked } from "../../../kit/checked.ts";
import { notCarried } from "../../../kit/not-carried.ts";
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { checkPeriod } from "./period-rules.ts";
import { missingParameter, validation } from "../errors.ts";
import { readStatistic } from "../metrics/statistic.ts";
import { checkUnit } from "../metrics/units.ts";

const MAX_QUERIES = 500;

/** Refuses queries that AWS refuses: ids, one of metric and expression, periods and statistics. */
export function checkQueries(queries: readonly Checked<MetricDataQuery>[], member: string): void {
  if (queries.length === 0) throw missingParameter(member);
  if (queries.length > MAX_QUERIES)
    throw validation(`The collection ${member} must not have a size greater than ${MAX_QUERIES}.`);
  const ids = new Set<string>();
  for (const [at, query] of queries.entries()) {
    const own = `${member}.member.${at + 1}`;
    if (!/^[a-z][A-Za-z0-9_]{0,254}$/.test(query.Id ?? ""))
      throw validation(
        `The value ${query.Id} for parameter ${own}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      );
    if (ids.has(query.Id)) throw validation(`The values for parameter id in metricDataQueries are not unique.`);
    ids.add(query.Id);
    checkKind(query, own);
  }
}

function checkKind(query: Checked<MetricDataQuery>, member: string): void {
  if (!query.Expression === !query.MetricStat)
    throw validation(`Exactly one of ${member}.Expression and ${member}.MetricStat must be specified.`);
  if (query.Expression && /^\s*SELECT\s/i.test(query.Expression))
    throw notCarried("Metrics Insights queries (SELECT …)", "Name the metric, its dimensions and its statistic.");
  if (!query.MetricStat) return;
  const { Metric, Period, Stat, Unit } = query.MetricStat;
  if (!Metric?.MetricName) throw missingParameter(`${member}.MetricStat.Metric.MetricName`);
  if (!Metric.Namespace) throw missingParameter(`${member}.MetricStat.Metric.Namespace`);
  checkPeriod(Period, `${member}.MetricStat.Period`);
  checkUnit(Unit, `${member}.MetricStat.Unit`);
  if (!readStatistic(Stat ?? ""))
    throw validation(`The value ${Stat} for parameter ${member}.MetricStat.Stat is not supported.`);
}
