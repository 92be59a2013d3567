import type { Input } from "../../../kit/operation-types.ts";
import type { MetricDataResult } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../service.ts";
import type { CloudwatchState } from "../context.ts";
import { inOrder } from "../math/math-value.ts";
import { defaultLabels, filledLabel } from "./metric-labels.ts";
import { runQueries } from "./metric-queries.ts";
import { checkTimes } from "./period-rules.ts";
import { checkQueries } from "./query-rules.ts";
import { constraint, validation } from "../errors.ts";

const MAX_DATAPOINTS = 100_800;

/** GetMetricData: metrics and expressions over one range of time, the newest first unless asked otherwise. */
export function getMetricData(
  state: CloudwatchState,
  input: Input<"cloudwatch", "GetMetricData">,
  context: RequestContext,
) {
  const queries = input.MetricDataQueries ?? [];
  checkQueries(queries, "MetricDataQueries");
  const range = checkTimes(input.StartTime, input.EndTime);
  const limit = input.MaxDatapoints ?? MAX_DATAPOINTS;
  if (limit < 1 || limit > MAX_DATAPOINTS)
    throw constraint(limit, "maxDatapoints", `have value between 1 and ${MAX_DATAPOINTS}`);
  const labels = defaultLabels(queries);
  const results = runQueries(state, queries, range, context.region)
    .filter(({ query }) => query.ReturnData !== false)
    .flatMap(({ query, series, messages }) =>
      series.map((one): MetricDataResult => {
        const fallback = query.Expression && series.length > 1 ? one.label : labels.get(query.Id)!;
        const points = inOrder(one);
        if (input.ScanBy !== "TimestampAscending") points.reverse();
        return {
          Id: query.Id,
          Label: filledLabel(query.Label ?? fallback, query, one, fallback),
          Timestamps: points.map(([atMs]) => new Date(atMs)),
          Values: points.map(([, value]) => value),
          StatusCode: "Complete",
          ...(messages.length > 0 && { Messages: [...messages] }),
        };
      }),
    );
  return { Messages: [], ...cut(results, limit, input.NextToken) };
}

/** The datapoints that fit into an answer, over all results; the token holds the number of earlier ones. */
function cut(results: readonly MetricDataResult[], limit: number, token: string | undefined) {
  const skipped = token === undefined ? 0 : positionOf(token);
  const total = results.reduce((sum, result) => sum + result.Values!.length, 0);
  if (skipped === 0 && total <= limit) return { MetricDataResults: [...results] };
  let seen = 0;
  const part = results.map((result) => {
    const from = Math.max(0, skipped - seen);
    const to = Math.min(result.Values!.length, skipped + limit - seen);
    seen += result.Values!.length;
    return {
      ...result,
      Timestamps: result.Timestamps!.slice(from, Math.max(from, to)),
      Values: result.Values!.slice(from, Math.max(from, to)),
      StatusCode: to < result.Values!.length ? ("PartialData" as const) : ("Complete" as const),
    };
  });
  const end = skipped + limit;
  return { MetricDataResults: part, ...(end < total && { NextToken: Buffer.from(`n:${end}`).toString("base64url") }) };
}

function positionOf(token: string): number {
  const match = /^n:(\d{1,12})$/.exec(Buffer.from(token, "base64url").toString());
  if (!match) throw validation("The next token specified is invalid.");
  return Number(match[1]);
}
