import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { isoText } from "./alarm-reason.ts";
import type { AlarmRecord } from "./alarm-store.ts";

/** What a function gets: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
export function buildFunctionEvent(account: string, before: AlarmRecord, now: AlarmRecord): object {
  return {
    source: "aws.cloudwatch",
    alarmArn: now.AlarmArn,
    accountId: account,
    time: isoText(now.StateUpdatedTimestamp.getTime()),
    region: now.Region,
    alarmData: detailOf(before, now),
  };
}

/**
 * What the event bus gets:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function buildStateChange(before: AlarmRecord, now: AlarmRecord): PutEventsRequestEntry {
  return {
    Source: "aws.cloudwatch",
    DetailType: "CloudWatch Alarm State Change",
    Time: now.StateUpdatedTimestamp,
    Resources: [now.AlarmArn],
    Detail: JSON.stringify(detailOf(before, now)),
  };
}

function detailOf(before: AlarmRecord, now: AlarmRecord): object {
  return {
    alarmName: now.AlarmName,
    state: stateOf(now),
    previousState: stateOf(before),
    configuration: configurationOf(now),
  };
}

function stateOf(alarm: AlarmRecord): object {
  return {
    value: alarm.StateValue,
    reason: alarm.StateReason,
    ...(alarm.StateReasonData !== undefined && { reasonData: alarm.StateReasonData }),
    timestamp: isoText(alarm.StateUpdatedTimestamp.getTime()),
  };
}

function configurationOf(alarm: AlarmRecord): object {
  const description = alarm.AlarmDescription === undefined ? {} : { description: alarm.AlarmDescription };
  if (alarm.kind === "composite") return { ...description, alarmRule: alarm.AlarmRule };
  if (alarm.Metrics?.length)
    return {
      ...description,
      metrics: alarm.Metrics.map((query) => ({
        id: query.Id,
        ...(query.Expression && { expression: query.Expression }),
        ...(query.MetricStat && {
          metricStat: statOf(query.MetricStat.Metric ?? {}, query.MetricStat.Period, query.MetricStat.Stat),
        }),
        returnData: query.ReturnData !== false,
      })),
    };
  return {
    ...description,
    metrics: [
      {
        id: "m1",
        metricStat: statOf(alarm, alarm.Period, alarm.Statistic ?? alarm.ExtendedStatistic),
        returnData: true,
      },
    ],
  };
}

function statOf(
  metric: {
    Namespace?: string | undefined;
    MetricName?: string | undefined;
    Dimensions?: readonly { Name?: string | undefined; Value?: string | undefined }[] | undefined;
  },
  period: number | undefined,
  stat: string | undefined,
): object {
  return {
    metric: {
      namespace: metric.Namespace,
      name: metric.MetricName,
      dimensions: Object.fromEntries((metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
    },
    period,
    stat,
  };
}
