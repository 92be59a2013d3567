import { GetMetricDataCommand, type MetricDataQuery, type MetricDataResult } from "@aws-sdk/client-cloudwatch";
import type { Aws } from "../../aws/aws.ts";
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
    const executed = countMinutes(results, "next");
    const sole = countMinutes(results, "alias").filter(({ at }) => at >= (query.soleSince ?? Number.POSITIVE_INFINITY));
    const known = new Set(executed.map(({ at }) => at));
    const nextDuration = durationOf(results, "next");
    const stableDuration = durationOf(results, "stable");
    return {
      next: [...executed, ...sole.filter(({ at }) => !known.has(at))].sort((a, b) => a.at - b.at),
      stable: countMinutes(results, "stable"),
      throttles: seriesOf(results, "alias_throttles").reduce((sum, [, value]) => sum + value, 0),
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
          StartTime: new Date(floorMinute(query.from)),
          EndTime: new Date(floorMinute(query.to) + MINUTE_MS),
          ScanBy: "TimestampAscending",
          NextToken: token,
        }),
      );
      found.push(...(page.MetricDataResults ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return Map.groupBy(found, ({ Id }) => Id ?? "");
  }
}

function buildQueries(query: Query): MetricDataQuery[] {
  const { target, next, stable, from, to } = query;
  const windowSeconds = Math.min(86_400, Math.ceil((to - from) / MINUTE_MS + 1) * 60);
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
    ...durations("next", next),
    ...durations("stable", stable),
    one("alias_throttles", "Throttles", "Sum", 60),
  ];
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
