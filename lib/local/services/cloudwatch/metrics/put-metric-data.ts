import type { Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import { notCarried } from "../../../kit/not-carried.ts";
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../service.ts";
import type { CloudwatchState } from "../context.ts";
import { checkDatum, checkNamespace } from "./datum-rules.ts";
import { metricId } from "./metric-names.ts";
import { invalidValue } from "../errors.ts";

const MAX_DATA = 1000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** PutMetricData: all data are checked before the first is kept. */
export function putMetricData(
  state: CloudwatchState,
  input: Input<"cloudwatch", "PutMetricData">,
  context: RequestContext,
): object {
  if (input.EntityMetricData?.length)
    throw notCarried("EntityMetricData", "Put the same data in MetricData, without their entity.");
  const data = input.MetricData ?? [];
  checkNamespace(input.Namespace, context);
  if (data.length > MAX_DATA)
    throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`);
  const nowMs = state.cloud.clock.now();
  for (const [at, datum] of data.entries()) checkDatum(datum, `MetricData.member.${at + 1}`, nowMs);
  state.cloud.store.transaction(() => {
    for (const datum of data) keep(state, input.Namespace, datum, nowMs, context);
  });
  return {};
}

function keep(
  state: CloudwatchState,
  namespace: string,
  datum: Checked<MetricDatum>,
  nowMs: number,
  context: RequestContext,
): void {
  const timeMs = datum.Timestamp?.getTime() ?? nowMs;
  const width = datum.StorageResolution === 1 ? SECOND_MS : MINUTE_MS;
  const atMs = timeMs - (timeMs % width);
  const unit = datum.Unit ?? "None";
  const id = state.metrics.note(metricId(context.region, namespace, datum.MetricName, datum.Dimensions), atMs);
  for (const [value, count] of valuesOf(datum)) state.metrics.addValue(id, { atMs, unit, value, count });
  const set = datum.StatisticValues;
  if (!set) return;
  const [count, sum, min, max] = [set.SampleCount, set.Sum, set.Minimum, set.Maximum];
  // A set whose values are all the same says as much as the values themselves.
  if (min === max) state.metrics.addValue(id, { atMs, unit, value: min, count });
  else state.metrics.addSet(id, { atMs, unit, count, sum, min, max });
}

function valuesOf(datum: Checked<MetricDatum>): [number, number][] {
  if (datum.Values) return datum.Values.map((value, at) => [value, datum.Counts?.[at] ?? 1]);
  return datum.Value === undefined ? [] : [[datum.Value, 1]];
}
