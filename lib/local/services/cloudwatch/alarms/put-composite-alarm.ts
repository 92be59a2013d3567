import type { Input } from "../../../kit/operation-types.ts";
import { notCarried } from "../../../kit/not-carried.ts";
import type { RequestContext } from "../../../service.ts";
import { alarmsOf, parseAlarmRule } from "./alarm-rule.ts";
import { checkAlarmName } from "./alarm-rules.ts";
import type { CompositeAlarmRecord } from "./alarm-store.ts";
import { enterState } from "./alarm-transition.ts";
import type { CloudwatchState } from "../context.ts";
import { childrenOf, compositeValue, triggeringAlarms } from "./composite-evaluation.ts";
import { beginningOf, keepAlarm } from "./put-metric-alarm.ts";
import { validation } from "../errors.ts";

const MAX_CHILDREN = 100;

/** PutCompositeAlarm: the rule may only name alarms that are there; the alarm has a state at once. */
export function putCompositeAlarm(
  state: CloudwatchState,
  input: Input<"cloudwatch", "PutCompositeAlarm">,
  context: RequestContext,
): object {
  checkAlarmName(input.AlarmName);
  if (input.ActionsSuppressor !== undefined)
    throw notCarried("the suppression of a composite alarm's actions", "Leave ActionsSuppressor out.");
  checkRule(state, input, context);
  const before = state.alarms.get(context.region, input.AlarmName);
  if (before?.kind === "metric")
    throw validation(`An alarm of another type with the name ${input.AlarmName} already exists.`);
  const alarm: CompositeAlarmRecord = {
    kind: "composite",
    ...beginningOf(state, input, before, context),
    AlarmRule: input.AlarmRule,
    ...(input.AlarmDescription !== undefined && { AlarmDescription: input.AlarmDescription }),
  };
  keepAlarm(state, before, alarm);
  const value = compositeValue(state, alarm);
  enterState(state, alarm, {
    value,
    reason: `${alarm.AlarmArn} was ${before ? "updated" : "created"} and its alarm rule evaluates to ${value}`,
    reasonData: triggeringAlarms(childrenOf(state, alarm)),
  });
  return {};
}

function checkRule(
  state: CloudwatchState,
  input: Input<"cloudwatch", "PutCompositeAlarm">,
  context: RequestContext,
): void {
  const named = [...new Set(alarmsOf(parseAlarmRule(input.AlarmRule ?? "")))];
  if (named.length > MAX_CHILDREN) throw validation(`AlarmRule must not name more than ${MAX_CHILDREN} alarms.`);
  for (const nameOrArn of named) {
    const name = nameOrArn.replace(/^arn:[^:]+:cloudwatch:[^:]*:\d*:alarm:/, "");
    if (name === input.AlarmName)
      throw validation("Could not save the composite alarm as the alarm rule refers to itself.");
    const child = state.alarms.get(context.region, name);
    if (!child)
      throw validation(`Could not save the composite alarm as alarms [${name}] in the alarm rule do not exist`);
    if (child.kind === "composite" && reaches(state, child, input.AlarmName))
      throw validation("Could not save the composite alarm as it would make a cycle of composite alarms.");
  }
}

function reaches(state: CloudwatchState, from: CompositeAlarmRecord, name: string): boolean {
  return childrenOf(state, from).some(
    (child) => child.AlarmName === name || (child.kind === "composite" && reaches(state, child, name)),
  );
}
