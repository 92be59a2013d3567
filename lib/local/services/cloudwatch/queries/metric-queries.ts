import type { Checked } from "../../../kit/checked.ts";
import type { MessageData, MetricDataQuery, MetricStat } from "@aws-sdk/client-cloudwatch";
import type { CloudwatchState } from "../context.ts";
import { evaluateExpression } from "../math/evaluate-expression.ts";
import { parseExpression } from "../math/expression.ts";
import { MathError } from "../math/math-error.ts";
import { series, type MathValue, type TimeSeries } from "../math/math-value.ts";
import { metricId } from "../metrics/metric-names.ts";
import { gridOf, readSeries, unitsOf, type PeriodData } from "../metrics/metric-series.ts";
import { validation } from "../errors.ts";
import { readStatistic } from "../metrics/statistic.ts";

/** A query with what it found. A search or a list of series gives several series. */
export interface QueryResult {
  readonly query: Checked<MetricDataQuery>;
  readonly series: readonly TimeSeries[];
  readonly messages: readonly MessageData[];
  /** How many samples each period of a metric's own data holds. */
  readonly sampleCounts: ReadonlyMap<number, number>;
}

/** The time that queries look at. */
export interface QueryRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** Computes queries that may refer to each other by their ids, in the order in which they were given. */
export function runQueries(
  state: CloudwatchState,
  queries: readonly Checked<MetricDataQuery>[],
  range: QueryRange,
  region: string,
): QueryResult[] {
  const run = new QueryRun(state, queries, range, region);
  return queries.map((query) => run.resultOf(query));
}

interface Computed {
  readonly value: MathValue;
  readonly messages: readonly MessageData[];
  readonly sampleCounts: ReadonlyMap<number, number>;
}

class QueryRun {
  readonly #state: CloudwatchState;
  readonly #queries: ReadonlyMap<string, Checked<MetricDataQuery>>;
  readonly #range: QueryRange;
  readonly #region: string;
  readonly #computed = new Map<string, Computed>();
  readonly #underWay = new Set<string>();

  constructor(state: CloudwatchState, queries: readonly Checked<MetricDataQuery>[], range: QueryRange, region: string) {
    this.#state = state;
    this.#queries = new Map(queries.map((query) => [query.Id, query]));
    this.#range = range;
    this.#region = region;
  }

  resultOf(query: Checked<MetricDataQuery>): QueryResult {
    const { value, messages, sampleCounts } = this.#compute(query);
    if (value.kind === "scalar" || value.kind === "text") {
      if (query.ReturnData === false) return { query, series: [], messages, sampleCounts };
      throw validation(`Error in expression '${query.Id}': the expression must return a time series or a list of them`);
    }
    return { query, series: value.kind === "series" ? [value.series] : value.list, messages, sampleCounts };
  }

  #compute(query: Checked<MetricDataQuery>): Computed {
    const id = query.Id;
    const known = this.#computed.get(id);
    if (known) return known;
    if (this.#underWay.has(id)) throw validation(`Error in expression '${id}': it refers to itself`);
    this.#underWay.add(id);
    const computed = query.MetricStat ? this.#readMetric(query, query.MetricStat) : this.#evaluate(query);
    this.#underWay.delete(id);
    this.#computed.set(id, computed);
    return computed;
  }

  #evaluate(query: Checked<MetricDataQuery>): Computed {
    try {
      const value = evaluateExpression(parseExpression(query.Expression ?? ""), {
        lookUp: (id) => {
          const other = this.#queries.get(id);
          return other && this.#compute(other).value;
        },
        metrics: (containing) =>
          [...this.#queries.values()]
            .filter((other) => other.MetricStat && other.Id.includes(containing))
            .flatMap((other) => this.resultOf(other).series),
      });
      return { value, messages: [], sampleCounts: new Map() };
    } catch (error) {
      throw error instanceof MathError ? validation(`Error in expression '${query.Id}': ${error.message}`) : error;
    }
  }

  #readMetric(query: Checked<MetricDataQuery>, { Metric, Period, Stat, Unit }: Checked<MetricStat>): Computed {
    const grid = gridOf(this.#range.startMs, this.#range.endMs, Period);
    const metric = metricId(this.#region, Metric?.Namespace, Metric?.MetricName, Metric?.Dimensions);
    const data = readSeries(this.#state.metrics, metric, grid);
    const units = unitsOf(data);
    const unit = Unit ?? units[0] ?? "None";
    const { points, sampleCounts } = pointsOf(data, unit, Stat);
    return {
      value: series({ label: query.Label ?? metric.name, grid, points }),
      messages: Unit === undefined && units.length > 1 ? [multipleUnits(units)] : [],
      sampleCounts,
    };
  }
}

function pointsOf(data: PeriodData, unit: string, stat: string) {
  const statistic = readStatistic(stat)!;
  const points = new Map<number, number>();
  const sampleCounts = new Map<number, number>();
  for (const [atMs, byUnit] of data) {
    const own = byUnit.get(unit);
    const value = own && statistic(own);
    if (own) sampleCounts.set(atMs, own.count);
    if (value !== undefined) points.set(atMs, value);
  }
  return { points, sampleCounts };
}

/** Without a unit in the query AWS takes the first of those that it finds, and says so. */
function multipleUnits(units: readonly string[]): MessageData {
  return { Code: "MultipleUnits", Value: `Multiple units returned: '[${units.join(", ")}]'` };
}
