import type { CloudWatchClient, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Aws } from "../../aws/aws.ts";
import { baselineStart } from "../analysis/judge-evidence.ts";
import type { MetricReading, MetricsPort, MinuteCount, Percentiles, ServedReading } from "../ports/ports.ts";
import { fetchMetricData, type MetricData, type Series } from "./metric-data.ts";
import { readMeasured } from "./measured-metrics.ts";
import { readSlower } from "./slower-metrics.ts";
import {
  aliasDimensions,
  countQueries,
  durationQueries,
  outcomeQueries,
  PERCENTILES,
  statisticQuery,
  versionDimensions,
} from "./version-queries.ts";

const MINUTE_MS = 60_000;
const DAY_SECONDS = 86_400;

type Query = Parameters<MetricsPort["read"]>[0];
type ServedQuery = Parameters<MetricsPort["readServed"]>[0];

/** Lambda's metrics by `ExecutedVersion` of the alias, in minutes, and the outcomes that functions report themselves. */
export class CloudWatchMetrics implements MetricsPort {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async read(query: Query): Promise<MetricReading> {
    const client = await this.#aws.inRegion(query.target.region ?? this.#aws.options.region).client("cloudwatch");
    const data = await this.#fetch(client, query);
    const since = floorMinute(query.from);
    const inWindow = (id: string) => countMinutes(data, id).filter(({ at }) => at >= since);
    const alias = countMinutes(data, "alias");
    const nextDuration = durationOf(data, "next");
    const stableDuration = durationOf(data, "stable");
    const executed = { next: withSole(inWindow("next"), alias, query.soleSince), stable: inWindow("stable") };
    return {
      ...executed,
      before: alias.filter(({ at }) => at < since),
      direct: countMinutes(data, "direct"),
      throttles: countThrottles(data, since),
      ...(query.outcomes === undefined ? {} : { outcomes: outcomesOf(data, since) }),
      ...(query.latency === undefined ? {} : await readSlower(client, data, query, query.latency)),
      ...(query.comparisons === undefined ? {} : { measured: await readMeasured(client, query, executed) }),
      ...(nextDuration === undefined ? {} : { nextDuration }),
      ...(stableDuration === undefined ? {} : { stableDuration }),
    };
  }

  async readServed(query: ServedQuery): Promise<ServedReading> {
    const { target, version, from, to, soleUntil, outcomes } = query;
    const client = await this.#aws.inRegion(target.region ?? this.#aws.options.region).client("cloudwatch");
    const dimensions = aliasDimensions(target, version);
    const queries = [
      ...countQueries("alias", aliasDimensions(target)),
      ...countQueries("version", dimensions),
      ...(outcomes === undefined ? [] : outcomeQueries("version", dimensions)),
    ];
    const data = await fetchMetricData(client, queries, floorMinute(from), floorMinute(to) + MINUTE_MS);
    const alone = countMinutes(data, "alias").filter(({ at }) => at + MINUTE_MS <= soleUntil);
    return {
      calls: withSole(countMinutes(data, "version"), alone, from),
      ...(outcomes === undefined
        ? {}
        : { outcomes: pair(data.series("version_requests"), data.series("version_server_errors")) }),
    };
  }

  #fetch(client: CloudWatchClient, query: Query): Promise<MetricData> {
    return fetchMetricData(client, buildQueries(query), baselineStart(query.from), floorMinute(query.to) + MINUTE_MS);
  }
}

function buildQueries({ target, next, stable, from, to, outcomes, latency }: Query): MetricDataQuery[] {
  const windowSeconds = Math.min(DAY_SECONDS, Math.ceil((to - baselineStart(from)) / MINUTE_MS + 1) * 60);
  const alias = aliasDimensions(target);
  const versions = { next: aliasDimensions(target, next), stable: aliasDimensions(target, stable) };
  return [
    ...countQueries("alias", alias),
    ...countQueries("direct", versionDimensions(target.name, next)),
    statisticQuery({ id: "alias_throttles", metric: "Throttles", stat: "Sum", dimensions: alias }),
    ...(latency === undefined ? [] : durationQueries("before", alias)),
    ...Object.entries(versions).flatMap(([id, dimensions]) => [
      ...countQueries(id, dimensions),
      ...durationQueries(id, dimensions, windowSeconds),
      ...(outcomes === undefined ? [] : outcomeQueries(id, dimensions)),
    ]),
  ];
}

/** Lambda writes `Errors` (0 or 1) for each invocation: a minute that lacks either figure is not known yet. */
function countMinutes(data: MetricData, id: string): MinuteCount[] {
  return pair(data.series(`${id}_invocations`), data.series(`${id}_errors`));
}

function pair(all: Series, bad: Series): MinuteCount[] {
  return [...all].flatMap(([at, invocations]) => {
    const errors = bad.get(at);
    return errors === undefined ? [] : [{ at, invocations, errors }];
  });
}

/** An alias that serves one version alone may have no figures of the version: its own are the version's. */
function withSole(executed: MinuteCount[], alias: readonly MinuteCount[], soleSince = Infinity): MinuteCount[] {
  const known = new Set(executed.map(({ at }) => at));
  const sole = alias.filter(({ at }) => at >= soleSince && !known.has(at));
  return [...executed, ...sole].sort((a, b) => a.at - b.at);
}

function outcomesOf(data: MetricData, since: number): NonNullable<MetricReading["outcomes"]> {
  const of = (id: string) =>
    pair(data.series(`${id}_requests`), data.series(`${id}_server_errors`)).filter(({ at }) => at >= since);
  return { next: of("next"), stable: of("stable") };
}

/** Throttled calls never became invocations: the sum of both is the number of attempts. */
function countThrottles(data: MetricData, since: number): MinuteCount[] {
  const invocations = data.series("alias_invocations");
  return [...data.series("alias_throttles")]
    .filter(([at]) => at >= since)
    .map(([at, errors]) => ({ at, invocations: (invocations.get(at) ?? 0) + errors, errors }));
}

function durationOf(data: MetricData, id: string): Percentiles | undefined {
  const [p50, p90, p99] = PERCENTILES.map((percentile) => [...data.series(`${id}_${percentile}`).values()].at(-1));
  return p50 === undefined || p90 === undefined || p99 === undefined ? undefined : { p50, p90, p99 };
}

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
