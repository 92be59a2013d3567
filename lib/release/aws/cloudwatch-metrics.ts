import {
  type Dimension,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from "@aws-sdk/client-cloudwatch";
import type { Aws } from "../../aws/aws.ts";
import { RemoteError } from "../../errors.ts";
import { baselineStart } from "../analysis/judge-evidence.ts";
import type { MetricReading, MetricsPort, MinuteCount } from "../ports/ports.ts";

const MINUTE_MS = 60_000;

type Query = Parameters<MetricsPort["read"]>[0];

/** Lambda's metrics by `ExecutedVersion` of the alias, in minutes. */
export class CloudWatchMetrics implements MetricsPort {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async read(query: Query): Promise<MetricReading> {
    const results = await this.#fetch(query);
    const since = floorMinute(query.from);
    const inWindow = (id: string) => countMinutes(results, id).filter(({ at }) => at >= since);
    const executed = inWindow("next");
    const alias = countMinutes(results, "alias");
    const sole = alias.filter(({ at }) => at >= (query.soleSince ?? Number.POSITIVE_INFINITY));
    const known = new Set(executed.map(({ at }) => at));
    const nextDuration = durationOf(results, "next");
    const stableDuration = durationOf(results, "stable");
    return {
      next: [...executed, ...sole.filter(({ at }) => !known.has(at))].sort((a, b) => a.at - b.at),
      stable: inWindow("stable"),
      before: alias.filter(({ at }) => at < since),
      direct: countMinutes(results, "direct"),
      throttles: seriesOf(results, "alias_throttles").reduce((sum, [at, value]) => sum + (at < since ? 0 : value), 0),
      ...(nextDuration === undefined ? {} : { nextDuration }),
      ...(stableDuration === undefined ? {} : { stableDuration }),
    };
  }

  async #fetch(query: Query): Promise<ReadonlyMap<string, MetricDataResult[]>> {
    const client = await this.#aws.inRegion(query.target.region ?? this.#aws.options.region).client("cloudwatch");
    const found: MetricDataResult[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: buildQueries(query),
          StartTime: new Date(baselineStart(query.from)),
          EndTime: new Date(floorMinute(query.to) + MINUTE_MS),
          ScanBy: "TimestampAscending",
          NextToken: token,
        }),
      );
      found.push(...(page.MetricDataResults ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    const byId = Map.groupBy(found, ({ Id }) => Id ?? "");
    for (const [id, parts] of byId) refuseParts(id, parts.at(-1));
    return byId;
  }
}

/**
 * A page may hold a part of a metric (`PartialData`), and a later one the rest: the last word on each metric counts.
 * A metric that stays in parts, or that failed inside CloudWatch, is not known. Another page brings the rest.
 */
function refuseParts(id: string, last: MetricDataResult | undefined): void {
  const status = last?.StatusCode ?? "Complete";
  if (status === "Complete") return;
  const messages = (last?.Messages ?? []).map(({ Code, Value }) => `${Code}: ${Value}`);
  throw new RemoteError(
    "MetricsIncomplete",
    [`CloudWatch answered ${status} for ${last?.Label ?? id}`, ...messages].join("; "),
    { fix: "Nothing to do: the release asks again, and counts nothing until the metric is complete." },
  );
}

function buildQueries(query: Query): MetricDataQuery[] {
  const { target, next, stable, from, to } = query;
  const windowSeconds = Math.min(86_400, Math.ceil((to - baselineStart(from)) / MINUTE_MS + 1) * 60);
  const direct = [dimension("FunctionName", target.name), dimension("Resource", `${target.name}:${next}`)];
  const alias = [dimension("FunctionName", target.name), dimension("Resource", `${target.name}:${target.alias}`)];
  const one = (id: string, metric: string, stat: string, seconds: number, version?: string): MetricDataQuery => ({
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: "AWS/Lambda",
        MetricName: metric,
        Dimensions: version === undefined ? alias : [...alias, dimension("ExecutedVersion", version)],
      },
      Period: seconds,
      Stat: stat,
    },
  });
  const counts = (id: string, version?: string) => [
    one(`${id}_invocations`, "Invocations", "Sum", 60, version),
    one(`${id}_errors`, "Errors", "Sum", 60, version),
  ];
  const durations = (id: string, version: string) => [
    one(`${id}_p50`, "Duration", "p50", windowSeconds, version),
    one(`${id}_p99`, "Duration", "p99", windowSeconds, version),
  ];
  return [
    ...counts("next", next),
    ...counts("stable", stable),
    ...counts("alias"),
    ...counts("direct").map((count) => withDimensions(count, direct)),
    ...durations("next", next),
    ...durations("stable", stable),
    one("alias_throttles", "Throttles", "Sum", 60),
  ];
}

function withDimensions(query: MetricDataQuery, Dimensions: Dimension[]): MetricDataQuery {
  const { MetricStat } = query;
  if (MetricStat === undefined) return query;
  return { ...query, MetricStat: { ...MetricStat, Metric: { ...MetricStat.Metric, Dimensions } } };
}

function dimension(Name: string, Value: string): { Name: string; Value: string } {
  return { Name, Value };
}

/** Lambda writes `Errors` (0 or 1) for each invocation: a minute that lacks either figure is not known yet. */
function countMinutes(results: ReadonlyMap<string, MetricDataResult[]>, id: string): MinuteCount[] {
  const errors = new Map(seriesOf(results, `${id}_errors`));
  return seriesOf(results, `${id}_invocations`).flatMap(([at, invocations]) => {
    const failed = errors.get(at);
    return failed === undefined ? [] : [{ at, invocations, errors: failed }];
  });
}

function seriesOf(results: ReadonlyMap<string, MetricDataResult[]>, id: string): [number, number][] {
  return (results.get(id) ?? []).flatMap(({ Timestamps = [], Values = [] }) =>
    Timestamps.map((time, index): [number, number] => [time.getTime(), Values[index]!]),
  );
}

function durationOf(
  results: ReadonlyMap<string, MetricDataResult[]>,
  id: string,
): { p50: number; p99: number } | undefined {
  const p50 = seriesOf(results, `${id}_p50`).at(-1)?.[1];
  const p99 = seriesOf(results, `${id}_p99`).at(-1)?.[1];
  return p50 === undefined || p99 === undefined ? undefined : { p50, p99 };
}

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
