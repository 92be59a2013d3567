import { isoText } from "./alarm-reason.ts";
import type { AlarmRecord } from "./alarm-store.ts";
import type { CloudwatchState } from "./cloudwatch-state.ts";

/** Runs the actions of the state that an alarm entered. They are under way when this returns; each ends in the history. */
export function runActions(state: CloudwatchState, before: AlarmRecord, now: AlarmRecord): void {
  if (!now.ActionsEnabled) return;
  for (const action of actionsOf(now) ?? [])
    runAction(state, action, before, now).then(
      () => note(state, now, action, undefined),
      (error: unknown) => note(state, now, action, error instanceof Error ? error.message : String(error)),
    );
}

function actionsOf(alarm: AlarmRecord): readonly string[] | undefined {
  if (alarm.StateValue === "ALARM") return alarm.AlarmActions;
  return alarm.StateValue === "OK" ? alarm.OKActions : alarm.InsufficientDataActions;
}

async function runAction(state: CloudwatchState, action: string, before: AlarmRecord, now: AlarmRecord): Promise<void> {
  const service = action.split(":")[2];
  if (service !== "lambda") throw new Error(`The local cloud does not carry ${service} as an alarm's action.`);
  const payload = Buffer.from(JSON.stringify(eventOf(state, before, now)));
  await state.cloud.call(
    "lambda",
    "Invoke",
    { FunctionName: action, InvocationType: "Event", Payload: payload },
    { region: now.Region },
  );
}

function note(state: CloudwatchState, alarm: AlarmRecord, action: string, failure: string | undefined): void {
  const summary =
    failure === undefined ? `Successfully executed action ${action}` : `Failed to execute action ${action}`;
  if (failure !== undefined) state.cloud.log(`cloudwatch: alarm ${alarm.AlarmName}: ${summary}: ${failure}`);
  state.alarms.addHistory(alarm, state.cloud.clock.now(), "Action", summary, {
    actionState: failure === undefined ? "Succeeded" : "Failed",
    notificationResource: action,
    ...(failure !== undefined && { error: failure }),
  });
}

/** What a function gets: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
function eventOf(state: CloudwatchState, before: AlarmRecord, now: AlarmRecord): object {
  return {
    source: "aws.cloudwatch",
    alarmArn: now.AlarmArn,
    accountId: state.cloud.account,
    time: isoText(now.StateUpdatedTimestamp.getTime()),
    region: now.Region,
    alarmData: {
      alarmName: now.AlarmName,
      state: stateOf(now),
      previousState: stateOf(before),
      configuration: configurationOf(now),
    },
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
