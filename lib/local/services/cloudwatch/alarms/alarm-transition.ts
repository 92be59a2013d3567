import { runActions } from "./alarm-actions.ts";
import type { AlarmRecord, NewState } from "./alarm-store.ts";
import type { CloudwatchState } from "../context.ts";
import { reevaluateParents } from "./composite-evaluation.ts";

/**
 * Puts an alarm into a state: keeps it, and where the value is another, writes the history, runs the actions and looks
 * at the composite alarms above.
 */
export function enterState(state: CloudwatchState, alarm: AlarmRecord, next: NewState): AlarmRecord {
  const now = new Date(state.cloud.clock.now());
  const changed = next.value !== alarm.StateValue;
  const { StateReasonData: _before, ...rest } = alarm;
  const kept: AlarmRecord = {
    ...rest,
    StateValue: next.value,
    StateReason: next.reason,
    ...(next.reasonData !== undefined && { StateReasonData: next.reasonData }),
    StateUpdatedTimestamp: now,
    ...(changed && { StateTransitionedTimestamp: now }),
  };
  state.alarms.put(kept);
  if (!changed) return kept;
  state.alarms.addHistory(
    kept,
    now.getTime(),
    "StateUpdate",
    `Alarm updated from ${alarm.StateValue} to ${next.value}`,
    { version: "1.0", oldState: stateData(alarm), newState: stateData(kept) },
  );
  runActions(state, alarm, kept);
  reevaluateParents(state, kept, (parent, reached) => enterState(state, parent, reached));
  return kept;
}

function stateData(alarm: AlarmRecord): object {
  return {
    stateValue: alarm.StateValue,
    stateReason: alarm.StateReason,
    ...(alarm.StateReasonData !== undefined && { stateReasonData: JSON.parse(alarm.StateReasonData) as unknown }),
  };
}
