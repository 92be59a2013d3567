import type { Input } from "../../../kit/operation-types.ts";
import type { Datapoint, StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../service.ts";
import type { CloudwatchState } from "../context.ts";
import type { Distribution } from "../metrics/distribution.ts";
import { metricId } from "../metrics/metric-names.ts";
import { gridOf, readSeries } from "../metrics/metric-series.ts";
import { checkPeriod, checkTimes } from "./period-rules.ts";
import { constraint, invalidCombination, invalidValue, missingParameter } from "../errors.ts";
import { readStatistic, SIMPLE_STATISTICS } from "../metrics/statistic.ts";
import { checkUnit } from "../metrics/units.ts";

const MAX_DATAPOINTS = 1440;

/** GetMetricStatistics: a datapoint for every period and unit with data, in no order, as AWS says. */
export function getMetricStatistics(
  state: CloudwatchState,
  input: Input<"cloudwatch", "GetMetricStatistics">,
  context: RequestContext,
) {
  const { startMs, endMs } = checkTimes(input.StartTime, input.EndTime);
  const grid = gridOf(startMs, endMs, checkPeriod(input.Period, "period"));
  checkAmount(startMs, endMs, grid.periodMs);
  const extended = checkedStatistics(input);
  checkUnit(input.Unit, "unit");
  const metric = metricId(context.region, input.Namespace, input.MetricName, input.Dimensions);
  const datapoints: Datapoint[] = [];
  for (const [atMs, byUnit] of readSeries(state.metrics, metric, grid))
    for (const [unit, data] of byUnit) {
      if (input.Unit !== undefined && input.Unit !== unit) continue;
      datapoints.push({
        Timestamp: new Date(atMs),
        ...statisticsOf(input, extended, data),
        Unit: unit as StandardUnit,
      });
    }
  return { Label: input.MetricName, Datapoints: datapoints };
}

function checkAmount(startMs: number, endMs: number, periodMs: number): void {
  const amount = Math.ceil((endMs - startMs) / periodMs);
  if (amount > MAX_DATAPOINTS)
    throw invalidCombination(
      `You have requested up to ${amount} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
}

function checkedStatistics(input: Input<"cloudwatch", "GetMetricStatistics">): string[] {
  const { Statistics = [], ExtendedStatistics = [] } = input;
  if (Statistics.length === 0 && ExtendedStatistics.length === 0) throw missingParameter("Statistics");
  for (const name of Statistics)
    if (!SIMPLE_STATISTICS.includes(name))
      throw constraint(name, "statistics", `satisfy enum value set: [${SIMPLE_STATISTICS.join(", ")}]`);
  for (const name of ExtendedStatistics)
    if (!readStatistic(name))
      throw invalidValue(`The value ${name} for parameter ExtendedStatistics is not supported.`);
  return ExtendedStatistics;
}

function statisticsOf(
  input: Input<"cloudwatch", "GetMetricStatistics">,
  extended: readonly string[],
  data: Distribution,
): Partial<Datapoint> {
  const of = (names: readonly string[]) =>
    Object.fromEntries(
      names.map((name) => [name, readStatistic(name)!(data)] as const).filter(([, value]) => value !== undefined),
    );
  return {
    ...of(input.Statistics ?? []),
    ...(extended.length > 0 && { ExtendedStatistics: of(extended) as Record<string, number> }),
  };
}
