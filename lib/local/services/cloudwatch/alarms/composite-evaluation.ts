import { alarmsOf, parseAlarmRule, ruleHolds } from "./alarm-rule.ts";
import { isoText } from "./alarm-reason.ts";
import type { AlarmRecord, CompositeAlarmRecord, NewState } from "./alarm-store.ts";
import type { CloudwatchState } from "../context.ts";

/** Looks at the composite alarms that name an alarm whose state has changed. */
export function reevaluateParents(
  state: CloudwatchState,
  child: AlarmRecord,
  enter: (parent: CompositeAlarmRecord, next: NewState) => unknown,
): void {
  for (const parent of parentsOf(state, child)) {
    const value = compositeValue(state, parent);
    if (value === parent.StateValue) continue;
    const reason = `${child.AlarmArn} transitioned to ${child.StateValue} at ${longTime(child.StateUpdatedTimestamp)}`;
    enter(parent, { value, reason, reasonData: triggeringAlarms([child]) });
  }
}

/** The composite alarms whose rule names the alarm, by its name or its ARN. */
export function parentsOf(state: CloudwatchState, child: AlarmRecord): CompositeAlarmRecord[] {
  return state.alarms
    .list(child.Region)
    .filter((alarm) => alarm.kind === "composite")
    .filter((alarm) => {
      const named = alarmsOf(parseAlarmRule(alarm.AlarmRule ?? ""));
      return named.includes(child.AlarmName) || named.includes(child.AlarmArn);
    });
}

/** The alarms that a composite alarm's rule names and that are there. */
export function childrenOf(state: CloudwatchState, parent: CompositeAlarmRecord): AlarmRecord[] {
  const named = new Set(alarmsOf(parseAlarmRule(parent.AlarmRule ?? "")).map(nameOf));
  return [...named].flatMap((name) => state.alarms.get(parent.Region, name) ?? []);
}

/** The state that the alarm's rule gives from the present states of the alarms it names. */
export function compositeValue(state: CloudwatchState, alarm: CompositeAlarmRecord): "OK" | "ALARM" {
  const stateOf = (name: string) => state.alarms.get(alarm.Region, nameOf(name))?.StateValue;
  return ruleHolds(parseAlarmRule(alarm.AlarmRule ?? ""), stateOf) ? "ALARM" : "OK";
}

/** The reason's data, as JSON: which alarms, and their states. */
export function triggeringAlarms(alarms: readonly AlarmRecord[]): string {
  return JSON.stringify({
    triggeringAlarms: alarms.map((alarm) => ({
      arn: alarm.AlarmArn,
      state: { value: alarm.StateValue, timestamp: isoText(alarm.StateUpdatedTimestamp.getTime()) },
    })),
  });
}

function nameOf(nameOrArn: string): string {
  return /^arn:[^:]+:cloudwatch:[^:]*:\d*:alarm:(.+)$/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

const LONG_TIME = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "2-digit",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** `Friday 21 August, 2020 17:37:50 UTC` */
function longTime(date: Date): string {
  const parts = new Map(LONG_TIME.formatToParts(date).map(({ type, value }) => [type, value]));
  const day = `${parts.get("weekday")} ${parts.get("day")} ${parts.get("month")}, ${parts.get("year")}`;
  return `${day} ${date.toISOString().slice(11, 19)} UTC`;
}
