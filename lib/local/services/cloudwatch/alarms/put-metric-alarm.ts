import type { Input } from "../../../kit/operation-types.ts";
import type { RequestContext } from "../../../service.ts";
import { checkMetricAlarm } from "./alarm-rules.ts";
import type { AlarmRecord, MetricAlarmRecord } from "./alarm-store.ts";
import type { CloudwatchState } from "../context.ts";
import { validation } from "../errors.ts";

const SETTINGS = [
  "AlarmDescription",
  "MetricName",
  "Namespace",
  "Statistic",
  "ExtendedStatistic",
  "Period",
  "Unit",
  "EvaluationPeriods",
  "DatapointsToAlarm",
  "Threshold",
  "ComparisonOperator",
  "TreatMissingData",
  "EvaluateLowSampleCountPercentile",
  "Metrics",
] as const;

/** PutMetricAlarm: a new alarm begins without sufficient data; one that is there keeps its state and its tags. */
export function putMetricAlarm(
  state: CloudwatchState,
  input: Input<"cloudwatch", "PutMetricAlarm">,
  context: RequestContext,
): object {
  checkMetricAlarm(input);
  const before = state.alarms.get(context.region, input.AlarmName);
  if (before?.kind === "composite")
    throw validation(`An alarm of another type with the name ${input.AlarmName} already exists.`);
  const alarm: MetricAlarmRecord = {
    kind: "metric",
    ...beginningOf(state, input, before, context),
    ...Object.fromEntries(SETTINGS.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]]))),
    ...(!input.Metrics?.length && { Dimensions: input.Dimensions ?? [] }),
  };
  keepAlarm(state, before, alarm);
  return {};
}

/** What alarms of both types have: a name, actions, and the previous or initial state. */
export function beginningOf(
  state: CloudwatchState,
  input: Pick<
    Input<"cloudwatch", "PutMetricAlarm">,
    "AlarmName" | "ActionsEnabled" | "OKActions" | "AlarmActions" | "InsufficientDataActions" | "Tags"
  >,
  before: AlarmRecord | undefined,
  context: RequestContext,
) {
  const now = new Date(state.cloud.clock.now());
  return {
    Region: context.region,
    AlarmName: input.AlarmName,
    AlarmArn: `arn:aws:cloudwatch:${context.region}:${context.account}:alarm:${input.AlarmName}`,
    AlarmConfigurationUpdatedTimestamp: now,
    ActionsEnabled: input.ActionsEnabled ?? true,
    OKActions: input.OKActions ?? [],
    AlarmActions: input.AlarmActions ?? [],
    InsufficientDataActions: input.InsufficientDataActions ?? [],
    StateValue: before?.StateValue ?? ("INSUFFICIENT_DATA" as const),
    StateReason: before?.StateReason ?? "Unchecked: Initial alarm creation",
    ...(before?.StateReasonData !== undefined && { StateReasonData: before.StateReasonData }),
    StateUpdatedTimestamp: before?.StateUpdatedTimestamp ?? now,
    StateTransitionedTimestamp: before?.StateTransitionedTimestamp ?? now,
    // Tags are only taken when the alarm is made: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    Tags: before?.Tags ?? input.Tags ?? [],
  };
}

/** Keeps an alarm's configuration and writes the change into its history. */
export function keepAlarm(state: CloudwatchState, before: AlarmRecord | undefined, alarm: AlarmRecord): void {
  state.alarms.put(alarm);
  const type = before ? "Update" : "Create";
  state.alarms.addHistory(
    alarm,
    state.cloud.clock.now(),
    "ConfigurationUpdate",
    `Alarm "${alarm.AlarmName}" ${before ? "updated" : "created"}`,
    { version: "1.0", type },
  );
}
