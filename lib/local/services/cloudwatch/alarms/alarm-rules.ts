import type { Input } from "../../../kit/operation-types.ts";
import { notCarried } from "../../../kit/not-carried.ts";
import { COMPARISONS } from "./comparison.ts";
import { metricId } from "../metrics/metric-names.ts";
import { checkPeriod } from "../queries/period-rules.ts";
import { checkQueries } from "../queries/query-rules.ts";
import { constraint, missingParameter, validation } from "../errors.ts";
import { readStatistic, SIMPLE_STATISTICS } from "../metrics/statistic.ts";
import { checkUnit } from "../metrics/units.ts";

const TREATMENTS = new Set(["breaching", "notBreaching", "ignore", "missing"]);
const MAX_RANGE_SECONDS = 7 * 86_400;

/** Refuses a metric alarm that AWS refuses, and by name one that needs what this cloud does not carry. */
export function checkMetricAlarm(input: Input<"cloudwatch", "PutMetricAlarm">): void {
  checkAlarmName(input.AlarmName);
  checkNotCarried(input);
  checkEvaluation(input);
  if (input.Metrics?.length) checkMath(input);
  else checkMetric(input);
}

/** Refuses an alarm's name that is empty or longer than 255 characters. */
export function checkAlarmName(name: string | undefined): void {
  if (!name) throw constraint(name ?? "null", "alarmName", "have length greater than or equal to 1");
  if (name.length > 255) throw constraint(name, "alarmName", "have length less than or equal to 255");
}

function checkNotCarried(input: Input<"cloudwatch", "PutMetricAlarm">): void {
  if (
    input.ThresholdMetricId !== undefined ||
    input.ComparisonOperator?.includes("Lower") ||
    input.ComparisonOperator?.includes("Upper")
  )
    throw notCarried("alarms on anomaly detection bands", "Give the alarm a fixed Threshold.");
  for (const name of ["EvaluationWindow", "WarmUpConfiguration", "EvaluationCriteria", "ActionConfiguration"] as const)
    if (input[name] !== undefined) throw notCarried(`${name} of an alarm`, "Leave it out.");
}

function checkEvaluation(input: Input<"cloudwatch", "PutMetricAlarm">): void {
  const periods = input.EvaluationPeriods;
  if (periods === undefined) throw missingParameter("EvaluationPeriods");
  if (periods < 1) throw constraint(periods, "evaluationPeriods", "have value greater than or equal to 1");
  const points = input.DatapointsToAlarm;
  if (points !== undefined && points < 1)
    throw constraint(points, "datapointsToAlarm", "have value greater than or equal to 1");
  if (points !== undefined && points > periods)
    throw validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  if (!COMPARISONS.has(input.ComparisonOperator ?? ""))
    throw constraint(
      input.ComparisonOperator,
      "comparisonOperator",
      `satisfy enum value set: [${[...COMPARISONS.keys()].join(", ")}]`,
    );
  if (input.Threshold === undefined) throw missingParameter("Threshold");
  if (!Number.isFinite(input.Threshold)) throw validation("Threshold must be a finite number");
  if (input.TreatMissingData !== undefined && !TREATMENTS.has(input.TreatMissingData))
    throw validation(
      `Option ${input.TreatMissingData} is not supported. Supported options for TreatMissingData are [breaching, notBreaching, ignore, missing].`,
    );
  const low = input.EvaluateLowSampleCountPercentile;
  if (low !== undefined && low !== "evaluate" && low !== "ignore")
    throw validation(
      `Option ${low} is not supported. Supported options for evaluateLowSampleCountPercentile are evaluate and ignore.`,
    );
}

function checkMetric(input: Input<"cloudwatch", "PutMetricAlarm">): void {
  if (!input.MetricName) throw missingParameter("MetricName");
  if (!input.Namespace) throw missingParameter("Namespace");
  const period = checkPeriod(input.Period, "period");
  if (period === 1 || period === 5) throw validation("Period must be 10, 20, 30 or a multiple of 60.");
  if (period * input.EvaluationPeriods! > MAX_RANGE_SECONDS)
    throw validation(
      "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800).",
    );
  if (!input.Statistic === !input.ExtendedStatistic)
    throw validation("Exactly one of Statistic and ExtendedStatistic must be specified.");
  if (input.Statistic && !SIMPLE_STATISTICS.includes(input.Statistic))
    throw constraint(input.Statistic, "statistic", `satisfy enum value set: [${SIMPLE_STATISTICS.join(", ")}]`);
  if (input.ExtendedStatistic && !readStatistic(input.ExtendedStatistic))
    throw validation(`The value ${input.ExtendedStatistic} for parameter ExtendedStatistic is not supported.`);
  checkUnit(input.Unit, "unit");
  metricId("", input.Namespace, input.MetricName, input.Dimensions);
}

function checkMath(input: Input<"cloudwatch", "PutMetricAlarm">): void {
  for (const name of [
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Unit",
  ] as const)
    if (input[name] !== undefined && !(name === "Dimensions" && input.Dimensions?.length === 0))
      throw validation(`The parameters Metrics and ${name} are mutually exclusive and you have specified both.`);
  checkQueries(input.Metrics ?? [], "Metrics");
  if (input.Metrics!.filter((query) => query.ReturnData !== false).length !== 1)
    throw validation("Exactly one element of the metrics list should return data.");
}
