import { GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { performance } from "node:perf_hooks";
import type { Assumption } from "../assumption.ts";
import { ALIAS } from "../probe-function.ts";

const CALLS = 5;
const EXPECTED_MS = 2 * 60_000;

export const metricsDelay: Assumption = {
  id: "metrics-delay",
  assumption: "Metrics by version are complete two minutes after the calls.",
  matters: "A window that is closed too early judges without the last errors.",
  async ask(bench) {
    const made = await bench.makeFunction("metrics");
    const startedAt = new Date(Date.now() - 5 * 60_000);
    for (let call = 0; call < CALLS; call += 1) await made.invoke();
    const calledAt = performance.now();
    const statuses = new Set<string>();
    await bench.until(
      "the metrics of five calls",
      async () => {
        const query = { MetricDataQueries: [invocations(made.name)], StartTime: startedAt, EndTime: inAnHour() };
        const [found] = (await bench.account.cloudwatch.send(new GetMetricDataCommand(query))).MetricDataResults ?? [];
        if (found?.StatusCode !== undefined) statuses.add(found.StatusCode);
        return (found?.Values ?? []).reduce((sum, value) => sum + value, 0) >= CALLS ? true : undefined;
      },
      15 * 60_000,
    );
    const delayMs = Math.round(performance.now() - calledAt);
    const answer = `All ${CALLS} calls were counted ${delayMs} ms after the last one; status ${[...statuses].join(", ")}.`;
    return { holds: delayMs <= EXPECTED_MS, answer, facts: { delayMs, statusCodes: [...statuses] } };
  },
};

function invocations(name: string): MetricDataQuery {
  const dimensions = { FunctionName: name, Resource: `${name}:${ALIAS}`, ExecutedVersion: "1" };
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: "AWS/Lambda", MetricName: "Invocations", Dimensions };
  return { Id: "calls", MetricStat: { Metric, Period: 60, Stat: "Sum" } };
}

/** The endpoint's clock may be ahead of ours. */
function inAnHour(): Date {
  return new Date(Date.now() + 60 * 60_000);
}
