import { getKnown } from "../../../../util/get-known.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { decideAlarm, type Decision, type EvaluatedPoint, type MissingDataTreatment } from "./alarm-decision.ts";
import type { MetricAlarmRecord } from "./alarm-store.ts";
import type { CloudwatchState } from "../context.ts";
import { COMPARISONS } from "./comparison.ts";
import { runQueries, type QueryResult } from "../queries/metric-queries.ts";

/** The evaluation range is longer than the evaluation periods; AWS does not say by how much, its examples by two. */
const EXTRA_PERIODS = 2;

/** Looks at an alarm's data up to `endMs` and decides; undefined when there are too few samples to say anything. */
export function evaluateAlarm(state: CloudwatchState, alarm: MetricAlarmRecord, endMs: number): Decision | undefined {
  const queries = queriesOf(alarm);
  const periodMs = periodOf(queries) * 1000;
  const lastMs = endMs - (endMs % Math.min(periodMs, 60_000));
  const startMs = lastMs - (alarm.EvaluationPeriods! + EXTRA_PERIODS) * periodMs;
  const results = runQueries(state, queries, { startMs, endMs: lastMs }, alarm.Region);
  const result = results.find(({ query }) => query.ReturnData !== false);
  if (!result || tooFewSamples(alarm, result)) return undefined;
  return decideAlarm(pointsOf(result, startMs, lastMs, periodMs), {
    evaluationPeriods: alarm.EvaluationPeriods!,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods!,
    treatMissingData: (alarm.TreatMissingData ?? "missing") as MissingDataTreatment,
    breaches: (value) => getKnown(COMPARISONS, alarm.ComparisonOperator ?? "").holds(value, alarm.Threshold!),
  });
}

/** The shortest time over which an alarm is evaluated: its period, or the longest of its metrics'. */
export function alarmPeriodSeconds(alarm: MetricAlarmRecord): number {
  return periodOf(queriesOf(alarm));
}

function queriesOf(alarm: MetricAlarmRecord): Checked<MetricDataQuery>[] {
  if (alarm.Metrics?.length) return alarm.Metrics;
  const { Namespace, MetricName, Dimensions, Period = 60, Unit } = alarm;
  return [
    {
      Id: "m1",
      MetricStat: {
        Metric: { Namespace, MetricName, Dimensions },
        Period,
        Stat: alarm.Statistic ?? alarm.ExtendedStatistic ?? "Average",
        ...(Unit !== undefined && { Unit }),
      },
    },
  ];
}

function periodOf(queries: readonly Checked<MetricDataQuery>[]): number {
  return Math.max(...queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 0), 1);
}

function pointsOf(result: QueryResult, startMs: number, endMs: number, periodMs: number): EvaluatedPoint[] {
  const [series] = result.series;
  const points: EvaluatedPoint[] = [];
  for (let atMs = startMs; atMs < endMs; atMs += periodMs)
    points.push({ atMs, value: series?.points.get(atMs), sampleCount: result.sampleCounts.get(atMs) });
  return points;
}

/**
 * With `EvaluateLowSampleCountPercentile: "ignore"` a percentile of too few samples says nothing: fewer than 10/(1-p)
 * above the median, 10/p below.
 */
function tooFewSamples(alarm: MetricAlarmRecord, result: QueryResult): boolean {
  const percent = /^p([\d.]+)$/.exec(alarm.ExtendedStatistic ?? "")?.[1];
  if (alarm.EvaluateLowSampleCountPercentile !== "ignore" || percent === undefined) return false;
  const part = Number(percent) / 100;
  const needed = 10 / (part >= 0.5 ? 1 - part : part);
  const newest = Math.max(...result.sampleCounts.keys());
  return Number.isFinite(newest) && result.sampleCounts.get(newest)! < needed;
}
