import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from "@aws-sdk/client-cloudwatch";
import { RemoteError } from "../../errors.ts";

/** CloudWatch's limit of one call. */
const MAX_QUERIES = 500;

/** A metric's values by the start of their period, milliseconds since the epoch; oldest first. */
export type Series = ReadonlyMap<number, number>;

/** What was read, by the query's id. Ids without data have an empty series. */
export class MetricData {
  readonly #series: ReadonlyMap<string, Series>;

  constructor(series: ReadonlyMap<string, Series>) {
    this.#series = series;
  }

  series(id: string): Series {
    return this.#series.get(id) ?? NOTHING;
  }

  /** Whether any value of the metrics whose id is chosen is below zero. */
  hasNegative(isChosen: (id: string) => boolean): boolean {
    return [...this.#series].some(([id, series]) => isChosen(id) && [...series.values()].some((value) => value < 0));
  }
}

const NOTHING: Series = new Map();

/**
 * Reads metrics between two times, all pages of it. Throws a `RemoteError` `MetricsIncomplete` where CloudWatch does
 * not know a metric whole: parts of a metric are never figures.
 */
export async function fetchMetricData(
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  fromMs: number,
  toMs: number,
): Promise<MetricData> {
  const found: MetricDataResult[] = [];
  for (let at = 0; at < queries.length; at += MAX_QUERIES) {
    let token: string | undefined;
    do {
      const page = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: queries.slice(at, at + MAX_QUERIES),
          StartTime: new Date(fromMs),
          EndTime: new Date(toMs),
          ScanBy: "TimestampAscending",
          NextToken: token,
        }),
      );
      found.push(...(page.MetricDataResults ?? []));
      token = page.NextToken;
    } while (token !== undefined);
  }
  const byId = Map.groupBy(found, ({ Id }) => Id ?? "");
  return new MetricData(new Map([...byId].map(([id, parts]) => [id, joinParts(id, parts)])));
}

/**
 * A page may hold a part of a metric (`PartialData`), and a later one the rest: the last word on each metric counts.
 * A metric that stays in parts, or that failed inside CloudWatch, is not known.
 */
function joinParts(id: string, parts: readonly MetricDataResult[]): Series {
  const last = parts.at(-1);
  const status = last?.StatusCode ?? "Complete";
  if (status !== "Complete") {
    const messages = (last?.Messages ?? []).map(({ Code, Value }) => `${Code}: ${Value}`);
    throw new RemoteError(
      "MetricsIncomplete",
      [`CloudWatch answered ${status} for ${last?.Label ?? id}`, ...messages].join("; "),
      { fix: "Nothing to do: the release retries, and counts nothing until the metric is complete." },
    );
  }
  const series = new Map<number, number>();
  for (const { Timestamps = [], Values = [] } of parts) {
    for (const [index, time] of Timestamps.entries()) {
      const value = Values[index];
      if (value !== undefined) series.set(time.getTime(), value);
    }
  }
  return series;
}
