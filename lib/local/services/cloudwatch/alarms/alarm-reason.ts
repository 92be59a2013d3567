import { getKnown } from "../../../../util/get-known.ts";
import type { MetricAlarmRecord } from "./alarm-store.ts";
import type { Decision, EvaluatedPoint } from "./alarm-decision.ts";
import { COMPARISONS } from "./comparison.ts";

/** Why an alarm is in the state that was decided, in AWS's words, and the same as data. */
export interface StateReason {
  readonly text: string;
  readonly data: object;
}

/** The text and the JSON that CloudWatch gives as the reason for an alarm's state. */
export function reasonFor(alarm: MetricAlarmRecord, decision: Decision, nowMs: number): StateReason {
  return { text: textFor(alarm, decision), data: dataFor(alarm, decision, nowMs) };
}

function textFor(alarm: MetricAlarmRecord, decision: Decision): string {
  const { points, filled } = decision;
  if (decision.state === "INSUFFICIENT_DATA")
    return `Insufficient Data: ${plural(alarm.EvaluationPeriods!, "datapoint")} ${were(alarm.EvaluationPeriods!)} unknown.`;
  if (points.length === 0) return nothingReceived(alarm, filled);
  const shown = deciding(alarm, decision).toReversed();
  const values = `[${shown.slice(0, 5).map(pointText).join(", ")}${shown.length > 5 ? ", ..." : ""}]`;
  const not = decision.state === "ALARM" ? "" : "not ";
  const { words } = getKnown(COMPARISONS, alarm.ComparisonOperator ?? "");
  const verdict = `${were(shown.length)} ${not}${words} the threshold (${decimal(alarm.Threshold!)})`;
  if (alarm.DatapointsToAlarm === undefined)
    return `Threshold Crossed: ${plural(shown.length, "datapoint")} ${values} ${verdict}.`;
  const needed =
    decision.state === "ALARM" ? alarm.DatapointsToAlarm : alarm.EvaluationPeriods! - alarm.DatapointsToAlarm + 1;
  const way = decision.state === "ALARM" ? "OK -> ALARM" : "ALARM -> OK";
  return `Threshold Crossed: ${shown.length} out of the last ${alarm.EvaluationPeriods} datapoints ${values} ${verdict} (minimum ${plural(needed, "datapoint")} for ${way} transition).`;
}

function nothingReceived(alarm: MetricAlarmRecord, filled: number): string {
  const treated = alarm.TreatMissingData === "breaching" ? "Breaching" : "NonBreaching";
  return `Threshold Crossed: no datapoints were received for ${plural(filled, "period")} and ${plural(filled, "missing datapoint")} ${were(filled)} treated as [${treated}].`;
}

/** The points that speak for the state: the breaching ones of an alarm, the others of an OK. */
function deciding(alarm: MetricAlarmRecord, { state, points }: Decision): readonly EvaluatedPoint[] {
  const { holds } = getKnown(COMPARISONS, alarm.ComparisonOperator ?? "");
  const own = points.filter((point) => holds(point.value!, alarm.Threshold!) === (state === "ALARM"));
  return own.length > 0 ? own : points;
}

function dataFor(alarm: MetricAlarmRecord, { points, filled }: Decision, nowMs: number): object {
  const evaluated = points.toReversed().map(({ atMs, value, sampleCount }) => ({
    timestamp: isoText(atMs),
    sampleCount,
    value,
  }));
  const missing = Array.from({ length: filled }, () => ({ timestamp: isoText(nowMs) }));
  return {
    version: "1.0",
    queryDate: isoText(nowMs),
    ...(points[0] && { startDate: isoText(points[0].atMs) }),
    ...(alarm.Unit !== undefined && { unit: alarm.Unit }),
    ...((alarm.Statistic ?? alarm.ExtendedStatistic) !== undefined && {
      statistic: alarm.Statistic ?? alarm.ExtendedStatistic,
    }),
    ...(alarm.Period !== undefined && { period: alarm.Period }),
    recentDatapoints: points.map((point) => point.value),
    threshold: alarm.Threshold,
    evaluatedDatapoints: [...evaluated, ...missing],
  };
}

/** `2024-03-12T19:03:58.000+0000`, as alarms write times. */
export function isoText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "+0000");
}

/** `21.5 (12/03/24 19:03:00)`: day, month, year. */
function pointText({ atMs, value }: EvaluatedPoint): string {
  const iso = new Date(atMs).toISOString();
  return `${decimal(value!)} (${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)})`;
}

/** A number as Java prints it: `21.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? `${value}.0` : String(value);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function were(count: number): string {
  return count === 1 ? "was" : "were";
}
