import type { Checked } from "../../../kit/checked.ts";
import type { Dimension, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { isoText } from "./alarm-reason.ts";
import type { AlarmRecord, MetricAlarmRecord } from "./alarm-store.ts";
import { regionName } from "../metrics/region-names.ts";

/** `ALARM: "errors" in US East (N. Virginia)`; SNS takes a hundred characters. */
export function buildAlarmSubject({ StateValue, AlarmName, Region }: AlarmRecord): string {
  const subject = `${StateValue}: "${AlarmName}" in ${regionName(Region)}`;
  return subject.length <= 100 ? subject : `${subject.slice(0, 97)}...`;
}

/** What a topic gets, as JSON. Recorded from AWS. */
export function buildAlarmMessage(account: string, before: AlarmRecord, now: AlarmRecord): string {
  return JSON.stringify({
    AlarmName: now.AlarmName,
    AlarmDescription: now.AlarmDescription ?? null,
    AWSAccountId: account,
    // Rules that mute alarms are not supported.
    ActionExecutedAfterMuteWindow: false,
    AlarmConfigurationUpdatedTimestamp: isoText(
      (now.AlarmConfigurationUpdatedTimestamp ?? now.StateUpdatedTimestamp).getTime(),
    ),
    NewStateValue: now.StateValue,
    NewStateReason: now.StateReason,
    StateChangeTime: isoText(now.StateUpdatedTimestamp.getTime()),
    Region: regionName(now.Region),
    AlarmArn: now.AlarmArn,
    OldStateValue: before.StateValue,
    OKActions: now.OKActions ?? [],
    AlarmActions: now.AlarmActions ?? [],
    InsufficientDataActions: now.InsufficientDataActions ?? [],
    ...(now.kind === "composite" ? { AlarmRule: now.AlarmRule } : { Trigger: triggerOf(now) }),
  });
}

function triggerOf(alarm: MetricAlarmRecord): object {
  const rule = {
    EvaluationPeriods: alarm.EvaluationPeriods,
    ...(alarm.DatapointsToAlarm !== undefined && { DatapointsToAlarm: alarm.DatapointsToAlarm }),
    ComparisonOperator: alarm.ComparisonOperator,
    Threshold: alarm.Threshold,
    TreatMissingData: alarm.TreatMissingData ?? "missing",
    EvaluateLowSampleCountPercentile: alarm.EvaluateLowSampleCountPercentile ?? "",
  };
  if (alarm.Metrics?.length) {
    const Period = alarm.Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60;
    return { Period, ...rule, Metrics: alarm.Metrics.map(queryOf) };
  }
  return {
    MetricName: alarm.MetricName,
    Namespace: alarm.Namespace,
    ...statisticOf(alarm),
    Unit: alarm.Unit ?? null,
    Dimensions: dimensionsOf(alarm.Dimensions),
    Period: alarm.Period,
    ...rule,
  };
}

function statisticOf({ Statistic, ExtendedStatistic }: MetricAlarmRecord): object {
  if (ExtendedStatistic !== undefined) return { StatisticType: "ExtendedStatistic", ExtendedStatistic };
  const name = Statistic === "SampleCount" ? "SAMPLE_COUNT" : Statistic?.toUpperCase();
  return { StatisticType: "Statistic", Statistic: name };
}

function queryOf({ Id, Expression, Label, MetricStat, ReturnData }: Checked<MetricDataQuery>): object {
  const { Metric = {}, Period, Stat, Unit } = MetricStat ?? {};
  return {
    ...(Expression !== undefined && { Expression }),
    Id,
    ...(Label !== undefined && { Label }),
    ...(MetricStat && {
      MetricStat: {
        Metric: {
          Dimensions: dimensionsOf(Metric.Dimensions),
          MetricName: Metric.MetricName,
          Namespace: Metric.Namespace,
        },
        Period,
        Stat,
        ...(Unit !== undefined && { Unit }),
      },
    }),
    ReturnData: ReturnData !== false,
  };
}

function dimensionsOf(dimensions: readonly Checked<Dimension>[] | undefined): object[] {
  return (dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name }));
}
