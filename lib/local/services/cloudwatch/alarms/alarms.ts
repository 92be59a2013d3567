import type { Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { CompositeAlarm, MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { AlarmRecord, MetricAlarmRecord } from "./alarm-store.ts";
import { enterState } from "./alarm-transition.ts";
import type { CloudwatchState } from "../context.ts";
import { childrenOf, parentsOf } from "./composite-evaluation.ts";
import { metricId } from "../metrics/metric-names.ts";
import { pageOf } from "../errors.ts";
import { constraint, validation } from "../errors.ts";

const STATES = ["INSUFFICIENT_DATA", "ALARM", "OK"] as const;
const MAX_RECORDS = 100;
/** What a page of DescribeAlarms holds where the request does not say: https://github.com/boto/boto/issues/3036 */
const DEFAULT_RECORDS = 50;
const MAX_NAMES = 100;

/** DescribeAlarms: metric alarms, and composite ones where they are asked for. */
export function describeAlarms(
  state: CloudwatchState,
  input: Input<"cloudwatch", "DescribeAlarms">,
  context: RequestContext,
) {
  if (input.AlarmNames !== undefined && input.AlarmNamePrefix !== undefined)
    throw validation("AlarmNames and AlarmNamePrefix are mutually exclusive.");
  if ((input.AlarmNames?.length ?? 0) > MAX_NAMES)
    throw constraint(input.AlarmNames, "alarmNames", `have length less than or equal to ${MAX_NAMES}`);
  const limit = checkedLimit(input.MaxRecords, DEFAULT_RECORDS);
  const types = input.AlarmTypes ?? ["MetricAlarm"];
  const names = input.AlarmNames && new Set(input.AlarmNames);
  const found = candidates(state, input, context)
    .filter((alarm) => types.includes(alarm.kind === "metric" ? "MetricAlarm" : "CompositeAlarm"))
    .filter((alarm) => names === undefined || names.has(alarm.AlarmName))
    .filter((alarm) => input.StateValue === undefined || alarm.StateValue === input.StateValue)
    .filter(
      (alarm) =>
        input.ActionPrefix === undefined || actionsOf(alarm).some((one) => one.startsWith(input.ActionPrefix!)),
    );
  const { items, next } = pageOf(found, limit, input.NextToken);
  return {
    MetricAlarms: items.filter((alarm) => alarm.kind === "metric").map(shown) as Checked<MetricAlarm>[],
    CompositeAlarms: items.filter((alarm) => alarm.kind === "composite").map(shown) as Checked<CompositeAlarm>[],
    LogAlarms: [],
    ...next,
  };
}

/** Lists the alarms of one metric, by its name, namespace, dimensions, statistic and period. */
export function describeAlarmsForMetric(
  state: CloudwatchState,
  input: Input<"cloudwatch", "DescribeAlarmsForMetric">,
  context: RequestContext,
) {
  const wanted = identityOf(context.region, input);
  const found = state.alarms
    .list(context.region)
    .filter((alarm): alarm is MetricAlarmRecord => alarm.kind === "metric" && alarm.MetricName !== undefined)
    .filter((alarm) => identityOf(context.region, alarm) === wanted)
    .filter((alarm) => input.Statistic === undefined || alarm.Statistic === input.Statistic)
    .filter((alarm) => input.ExtendedStatistic === undefined || alarm.ExtendedStatistic === input.ExtendedStatistic)
    .filter((alarm) => input.Period === undefined || alarm.Period === input.Period)
    .filter((alarm) => input.Unit === undefined || alarm.Unit === input.Unit);
  return { MetricAlarms: found.map(shown) as Checked<MetricAlarm>[] };
}

/** Lists changes of alarms' states and settings, and their actions, of the last 30 days. */
export function describeAlarmHistory(
  state: CloudwatchState,
  input: Input<"cloudwatch", "DescribeAlarmHistory">,
  context: RequestContext,
) {
  const limit = checkedLimit(input.MaxRecords, MAX_RECORDS);
  const items = state.alarms
    .history(context.region, {
      alarm: input.AlarmName,
      fromMs: input.StartDate?.getTime() ?? 0,
      toMs: input.EndDate?.getTime() ?? Number.MAX_SAFE_INTEGER,
      itemType: input.HistoryItemType,
    })
    .filter((item) => (input.AlarmTypes ?? ["MetricAlarm"]).includes(item.AlarmType!) || input.AlarmName !== undefined);
  if (input.ScanBy === "TimestampAscending") items.reverse();
  const page = pageOf(items, limit, input.NextToken);
  return { AlarmHistoryItems: [...page.items], ...page.next };
}

/** SetAlarmState: until the next evaluation says otherwise. */
export function setAlarmState(
  state: CloudwatchState,
  input: Input<"cloudwatch", "SetAlarmState">,
  context: RequestContext,
): object {
  const value = STATES.find((one) => one === input.StateValue);
  if (!value) throw constraint(input.StateValue, "stateValue", `satisfy enum value set: [${STATES.join(", ")}]`);
  if (input.StateReasonData !== undefined && !isJson(input.StateReasonData))
    throw new AwsError("InvalidFormatFault", "StateReasonData is not valid JSON.");
  const alarm = state.alarms.get(context.region, input.AlarmName);
  if (!alarm) throw new AwsError("ResourceNotFound", "");
  enterState(state, alarm, {
    value,
    reason: input.StateReason ?? "",
    ...(input.StateReasonData !== undefined && { reasonData: input.StateReasonData }),
  });
  return {};
}

/** Lets alarms run their actions again. Names without an alarm are ignored. */
export function enableAlarmActions(
  state: CloudwatchState,
  input: Input<"cloudwatch", "EnableAlarmActions">,
  context: RequestContext,
): object {
  return switchActions(state, input.AlarmNames ?? [], true, context);
}

/** Stops alarms from running actions; their states still change. */
export function disableAlarmActions(
  state: CloudwatchState,
  input: Input<"cloudwatch", "DisableAlarmActions">,
  context: RequestContext,
): object {
  return switchActions(state, input.AlarmNames ?? [], false, context);
}

/** DeleteAlarms: names that are not there are passed over; an alarm that a composite alarm needs is refused. */
export function deleteAlarms(
  state: CloudwatchState,
  input: Input<"cloudwatch", "DeleteAlarms">,
  context: RequestContext,
): object {
  const alarms = (input.AlarmNames ?? []).flatMap((name) => state.alarms.get(context.region, name) ?? []);
  const going = new Set(alarms.map((alarm) => alarm.AlarmName));
  for (const alarm of alarms) {
    const parents = parentsOf(state, alarm).filter((parent) => !going.has(parent.AlarmName));
    if (parents.length > 0)
      throw validation(
        `Unable to delete alarms [${alarm.AlarmName}] because they are used in the alarm rules of composite alarms [${parents.map((parent) => parent.AlarmName).join(", ")}].`,
      );
  }
  for (const alarm of alarms) {
    state.alarms.delete(alarm);
    state.alarms.addHistory(
      alarm,
      state.cloud.clock.now(),
      "ConfigurationUpdate",
      `Alarm "${alarm.AlarmName}" deleted`,
      {
        version: "1.0",
        type: "Delete",
      },
    );
  }
  return {};
}

function candidates(
  state: CloudwatchState,
  input: Input<"cloudwatch", "DescribeAlarms">,
  context: RequestContext,
): AlarmRecord[] {
  const related = input.ChildrenOfAlarmName ?? input.ParentsOfAlarmName;
  if (related === undefined) return state.alarms.list(context.region, input.AlarmNamePrefix);
  const alarm = state.alarms.get(context.region, related);
  if (!alarm) return [];
  if (input.ParentsOfAlarmName !== undefined) return parentsOf(state, alarm);
  return alarm.kind === "composite" ? childrenOf(state, alarm) : [];
}

function shown({
  kind: _kind,
  Region: _region,
  Tags: _tags,
  ...alarm
}: AlarmRecord): Checked<MetricAlarm> | Checked<CompositeAlarm> {
  return alarm;
}

function actionsOf(alarm: AlarmRecord): string[] {
  return [...(alarm.AlarmActions ?? []), ...(alarm.OKActions ?? []), ...(alarm.InsufficientDataActions ?? [])];
}

function identityOf(
  region: string,
  one: Pick<Checked<MetricAlarm>, "Namespace" | "MetricName" | "Dimensions">,
): string {
  return JSON.stringify(metricId(region, one.Namespace, one.MetricName, one.Dimensions));
}

function switchActions(
  state: CloudwatchState,
  names: readonly string[],
  enabled: boolean,
  context: RequestContext,
): object {
  for (const name of names) {
    const alarm = state.alarms.get(context.region, name);
    if (alarm) state.alarms.put({ ...alarm, ActionsEnabled: enabled });
  }
  return {};
}

function checkedLimit(limit: number | undefined, otherwise: number): number {
  if (limit === undefined) return otherwise;
  if (limit < 1) throw constraint(limit, "maxRecords", "have value greater than or equal to 1");
  if (limit > MAX_RECORDS) throw constraint(limit, "maxRecords", `have value less than or equal to ${MAX_RECORDS}`);
  return limit;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
