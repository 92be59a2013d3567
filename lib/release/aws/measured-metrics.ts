import type { CloudWatchClient, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { type ComparedStatistic, type MetricComparison, VERSION_PLACEHOLDER } from "../../assembly/release-metadata.ts";
import { readRatio, type ComparedRatio } from "../analysis/compared-ratio.ts";
import { baselineStart } from "../analysis/judge-evidence.ts";
import type { MeasuredMetric, MeasuredMinute, MetricReading, MetricsPort } from "../ports/ports.ts";
import { fetchMetricData, type MetricData, type Series } from "./metric-data.ts";
import { statisticQuery } from "./version-queries.ts";

const MINUTE_MS = 60_000;
const DAY_SECONDS = 86_400;
/** Fewer minutes than this before the release make no percentile to compare with. */
const LEAST_MINUTES = 5;
const SIDES = ["next", "stable"] as const;

type Query = Parameters<MetricsPort["read"]>[0];
type Side = (typeof SIDES)[number];

/** What the readers of one comparison share. */
interface Job {
  readonly client: CloudWatchClient;
  readonly comparison: MetricComparison;
  readonly query: Query;
  /** The invocations of both versions, in the window. */
  readonly executed: Pick<MetricReading, "next" | "stable">;
}

/** Reads the metrics that the app compares, of both versions. */
export async function readMeasured(
  client: CloudWatchClient,
  query: Query,
  executed: Job["executed"],
): Promise<MeasuredMetric[]> {
  const { comparisons = [] } = query;
  return Promise.all(comparisons.map((comparison) => readOne({ client, comparison, query, executed })));
}

function readOne(job: Job): Promise<MeasuredMetric> {
  const [judged] = job.comparison.queries;
  if (!("expression" in judged)) return readStatistic(job, judged);
  const ratio = readRatio(job.comparison);
  return ratio === undefined ? readExpression(job) : readAsRatio(job, ratio);
}

function readStatistic(job: Job, statistic: ComparedStatistic): Promise<MeasuredMetric> {
  switch (statistic.stat) {
    case "Sum":
    case "SampleCount":
      return readPerInvocation(job, statistic);
    case "Average":
      return readMean(job, statistic);
    default:
      return readPercentile(job, statistic);
  }
}

/** A sum by the calls that it belongs to: a minute with calls and no data has the amount 0. */
async function readPerInvocation(job: Job, statistic: ComparedStatistic): Promise<MeasuredMetric> {
  const isSum = statistic.stat === "Sum";
  const stats = isSum ? ["Sum", "Maximum", "Minimum"] : ["SampleCount"];
  const data = await fetchBoth(job, (side) =>
    stats.map((stat) => ask(job, { ...statistic, stat }, `${side}_${stat}`, side)),
  );
  const of = (side: Side): MeasuredMinute[] =>
    job.executed[side].map(({ at, invocations }) => ({
      at,
      units: invocations,
      amount: data.series(`${side}_${statistic.stat}`).get(at) ?? 0,
      greatest: data.series(`${side}_Maximum`).get(at) ?? 1,
    }));
  const isEmpty = SIDES.every((side) => data.series(`${side}_${statistic.stat}`).size === 0);
  return { ...measured(job, "invocations", of, data), ...(isEmpty ? { gap: "no data of either version" } : {}) };
}

/** The mean of the observations. */
async function readMean(job: Job, statistic: ComparedStatistic): Promise<MeasuredMetric> {
  const data = await fetchBoth(job, (side) =>
    ["Sum", "SampleCount", "Maximum", "Minimum"].map((stat) =>
      ask(job, { ...statistic, stat }, `${side}_${stat}`, side),
    ),
  );
  const of = (side: Side): MeasuredMinute[] =>
    [...data.series(`${side}_SampleCount`)].flatMap(([at, units]) => {
      const amount = data.series(`${side}_Sum`).get(at);
      const greatest = data.series(`${side}_Maximum`).get(at) ?? 1;
      return amount === undefined ? [] : [{ at, units, amount, greatest }];
    });
  return measured(job, "observations", of, data);
}

/** How many observations are beyond the stable version's percentile before the release, with the tolerance on top. */
async function readPercentile(job: Job, statistic: ComparedStatistic): Promise<MeasuredMetric> {
  const { client, query, comparison } = job;
  const since = floorMinute(query.from);
  const before = [ask(job, statistic, "before", "stable")];
  const series = (await fetchMetricData(client, before, baselineStart(query.from), since)).series("before");
  const values = [...series.values()].sort((a, b) => a - b);
  const empty = { name: comparison.name, basis: "observations", next: [], stable: [] } as const;
  if (values.length < LEAST_MINUTES) {
    return { ...empty, gap: "fewer than 5 minutes of data of the stable version in the hour before the release" };
  }
  const median = values[Math.floor(values.length / 2)] ?? 0;
  const isLowerBetter = comparison.direction === "lower-is-better";
  const factor = isLowerBetter ? 1 + comparison.tolerance : 1 - comparison.tolerance;
  const threshold = Number((median * factor).toPrecision(6));
  const beyond = isLowerBetter ? `TC(${decimal(threshold)}:)` : `TC(:${decimal(threshold)})`;
  const periodSeconds = Math.min(DAY_SECONDS, Math.ceil((query.to - since) / MINUTE_MS + 1) * 60);
  const data = await fetchBoth(job, (side) => [
    ask(job, { ...statistic, stat: "SampleCount" }, `${side}_SampleCount`, side),
    ask(job, { ...statistic, stat: beyond }, `${side}_beyond`, side),
    ask(job, statistic, `${side}_value`, side, periodSeconds),
  ]);
  const of = (side: Side): MeasuredMinute[] =>
    [...data.series(`${side}_SampleCount`)].map(([at, units]) => {
      const amount = data.series(`${side}_beyond`).get(at) ?? 0;
      return { at, units, amount: Math.min(amount, units), greatest: 1 };
    });
  return { ...measured(job, "observations", of, data), threshold };
}

/** A ratio of two counts: what the numerator counts, over what the denominator counts. */
async function readAsRatio(job: Job, { numerator, denominator, factor }: ComparedRatio): Promise<MeasuredMetric> {
  const data = await fetchBoth(job, (side) => [
    ...numerator.flatMap((one, at) => [
      ask(job, one, `${side}_top_${at}`, side),
      ask(job, { ...one, stat: "Maximum" }, `${side}_top_${at}_Maximum`, side),
      ask(job, { ...one, stat: "Minimum" }, `${side}_top_${at}_Minimum`, side),
    ]),
    ...denominator.map((one, at) => ask(job, one, `${side}_bottom_${at}`, side)),
  ]);
  const total = (side: Side, part: string, count: number, at: number) =>
    Array.from({ length: count }, (_, index) => data.series(`${side}_${part}_${index}`).get(at) ?? 0).reduce(
      (sum, one) => sum + one,
      0,
    );
  const of = (side: Side): MeasuredMinute[] => {
    const times = new Set(denominator.flatMap((_, at) => [...data.series(`${side}_bottom_${at}`).keys()]));
    return [...times]
      .sort((a, b) => a - b)
      .map((at) => ({
        at,
        units: total(side, "bottom", denominator.length, at),
        amount: total(side, "top", numerator.length, at),
        greatest: Math.max(
          1,
          ...numerator.map(({ stat }, index) =>
            stat === "Sum" ? (data.series(`${side}_top_${index}_Maximum`).get(at) ?? 1) : 1,
          ),
        ),
      }));
  };
  return { ...measured(job, "requests", of, data), factor };
}

/** Any other expression: one value a minute, and nothing is known of what is behind it. */
async function readExpression({ client, comparison, query }: Job): Promise<MeasuredMetric> {
  const [judged] = comparison.queries;
  const of = async (side: Side): Promise<MeasuredMinute[]> => {
    const queries = comparison.queries.map((one): MetricDataQuery => {
      const ReturnData = one === judged;
      if ("expression" in one) return { Id: one.id, Expression: one.expression, ReturnData };
      return { ...ask({ query }, one, one.id, side), ReturnData };
    });
    const data = await fetchMetricData(client, queries, floorMinute(query.from), floorMinute(query.to) + MINUTE_MS);
    return [...data.series(judged.id)].map(([at, amount]) => ({ at, units: 1, amount, greatest: 1 }));
  };
  const [next, stable] = await Promise.all([of("next"), of("stable")]);
  return { name: comparison.name, basis: "minutes", next, stable };
}

function measured(
  { comparison }: Job,
  basis: MeasuredMetric["basis"],
  of: (side: Side) => MeasuredMinute[],
  data: MetricData,
): MeasuredMetric {
  const values = SIDES.map((side) => lastOf(data.series(`${side}_value`)));
  const isNegative = SIDES.some((side) => data.hasNegative((id) => id.startsWith(side) && id.endsWith("_Minimum")));
  return {
    name: comparison.name,
    basis,
    next: of("next"),
    stable: of("stable"),
    ...(values[0] === undefined ? {} : { nextValue: values[0] }),
    ...(values[1] === undefined ? {} : { stableValue: values[1] }),
    ...(isNegative ? { problem: "it has values below zero, which cannot be compared: compare an expression" } : {}),
  };
}

function fetchBoth({ client, query }: Job, queries: (side: Side) => MetricDataQuery[]): Promise<MetricData> {
  return fetchMetricData(client, SIDES.flatMap(queries), floorMinute(query.from), floorMinute(query.to) + MINUTE_MS);
}

function ask(
  { query }: Pick<Job, "query">,
  { namespace, metric, stat, dimensions }: ComparedStatistic,
  id: string,
  side: Side,
  periodSeconds = 60,
): MetricDataQuery {
  const named = Object.entries(dimensions).map(([Name, value]) => ({
    Name,
    Value: value.replaceAll(VERSION_PLACEHOLDER, query[side]),
  }));
  return statisticQuery({ id, namespace, metric, stat, dimensions: named, periodSeconds });
}

function lastOf(series: Series): number | undefined {
  return [...series.values()].at(-1);
}

/** CloudWatch takes no exponents. */
function decimal(value: number): string {
  return value.toFixed(10).replace(/\.?0+$/, "");
}

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
