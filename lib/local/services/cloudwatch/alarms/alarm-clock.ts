import { errorText } from "../../../kit/error-text.ts";
import type { Cancel } from "../../../state/clock.ts";
import { reasonFor } from "./alarm-reason.ts";
import type { MetricAlarmRecord } from "./alarm-store.ts";
import { enterState } from "./alarm-transition.ts";
import type { CloudwatchState } from "../context.ts";
import { alarmPeriodSeconds, evaluateAlarm } from "./evaluate-alarm.ts";

const TICK_MS = 10_000;
const MINUTE_MS = 60_000;
const HISTORY_LIVES_MS = 30 * 86_400_000;

/**
 * Evaluates alarms on the cloud's clock: those with periods under a minute every ten seconds, the others once a minute,
 * ten seconds after it ended, so that what services report of that minute is there. Returns how to end it.
 */
export function startAlarmClock(state: CloudwatchState): Cancel {
  const { clock } = state.cloud;
  let cancel: Cancel;
  const tick = () => {
    const nowMs = clock.now();
    evaluateDue(state, nowMs);
    if (nowMs % 3_600_000 < TICK_MS) state.alarms.dropHistory(nowMs - HISTORY_LIVES_MS);
    cancel = clock.at(nowMs - (nowMs % TICK_MS) + TICK_MS, tick);
  };
  cancel = clock.at(clock.now() - (clock.now() % TICK_MS) + TICK_MS, tick);
  return () => cancel();
}

function evaluateDue(state: CloudwatchState, nowMs: number): void {
  const isMinute = Math.floor((nowMs % MINUTE_MS) / TICK_MS) === 1;
  for (const alarm of state.alarms.all()) {
    if (alarm.kind !== "metric") continue;
    const short = alarmPeriodSeconds(alarm) < 60;
    if (short || isMinute) evaluateNow(state, alarm, short ? nowMs : nowMs - (nowMs % MINUTE_MS));
  }
}

/** Evaluates one alarm; an expression that cannot be computed leaves it without sufficient data, and says why. */
function evaluateNow(state: CloudwatchState, alarm: MetricAlarmRecord, endMs: number): void {
  try {
    const decision = evaluateAlarm(state, alarm, endMs);
    if (decision?.state === undefined || decision.state === alarm.StateValue) return;
    const reason = reasonFor(alarm, decision, state.cloud.clock.now());
    enterState(state, alarm, { value: decision.state, reason: reason.text, reasonData: JSON.stringify(reason.data) });
  } catch (error) {
    const why = errorText(error);
    if (alarm.StateValue !== "INSUFFICIENT_DATA") enterState(state, alarm, { value: "INSUFFICIENT_DATA", reason: why });
    state.cloud.log(`cloudwatch: alarm ${alarm.AlarmName} could not be evaluated: ${why}`);
  }
}
