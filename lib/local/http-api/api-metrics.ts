import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Cancel } from "../state/clock.ts";
import type { Cloud } from "../service.ts";
import type { Exchange } from "./exchange.ts";

const FLUSH_AFTER_MS = 1000;
const MINUTE_MS = 60_000;

interface Series {
  readonly region: string;
  readonly datum: MetricDatum;
  readonly counts: Map<number, number>;
}

/** Counts what APIs serve. */
export interface ApiMetrics {
  /** Counts a finished exchange. */
  record(exchange: Exchange): void;
  stop(): Promise<void>;
}

/**
 * The metrics of HTTP APIs in `AWS/ApiGateway`, by API and by stage, and by route where the stage asks for details:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export function createApiMetrics(cloud: Cloud): ApiMetrics {
  const waiting = new Map<string, Series>();
  let cancel: Cancel | undefined;

  async function flush(): Promise<void> {
    cancel?.();
    cancel = undefined;
    const series = [...waiting.values()];
    waiting.clear();
    for (const [region, own] of Map.groupBy(series, (one) => one.region))
      await putAll(cloud, region, own).catch((error: unknown) =>
        cloud.log(`apigateway: metrics could not be written: ${String(error)}`),
      );
  }

  return {
    record(exchange) {
      const { Region: region, ApiId } = exchange.stage.api;
      const atMs = exchange.request.timeMs - (exchange.request.timeMs % MINUTE_MS);
      for (const dimensions of dimensionsOf(exchange, ApiId))
        for (const [name, unit, value] of valuesOf(exchange)) {
          const key = `${region}|${atMs}|${name}|${dimensions.map(([, one]) => one).join("|")}`;
          const series = waiting.get(key) ?? newSeries(region, name, unit, dimensions, atMs);
          waiting.set(key, series);
          series.counts.set(value, (series.counts.get(value) ?? 0) + 1);
        }
      cancel ??= soon(cloud, () => void flush());
    },
    stop: flush,
  };
}

/**
 * A second of the machine's time later, but no later than the cloud's minute ends: who moves the clock and looks at an
 * alarm finds what came before.
 */
function soon(cloud: Cloud, fire: () => void): Cancel {
  const timer = setTimeout(fire, FLUSH_AFTER_MS).unref();
  const nowMs = cloud.clock.now();
  const cancel = cloud.clock.at(nowMs - (nowMs % MINUTE_MS) + MINUTE_MS, fire);
  return () => {
    clearTimeout(timer);
    cancel();
  };
}

function newSeries(
  region: string,
  name: string,
  unit: MetricDatum["Unit"],
  dimensions: readonly (readonly [string, string])[],
  atMs: number,
): Series {
  const Dimensions = dimensions.map(([Name, Value]) => ({ Name, Value }));
  return { region, datum: { MetricName: name, Unit: unit, Timestamp: new Date(atMs), Dimensions }, counts: new Map() };
}

function dimensionsOf(exchange: Exchange, apiId: string): [string, string][][] {
  const { stage, route, request } = exchange;
  const byStage: [string, string][] = [
    ["ApiId", apiId],
    ["Stage", stage.name],
  ];
  const dimensions: [string, string][][] = [[["ApiId", apiId]], byStage];
  if (route && stage.settingsOf(route.key).DetailedMetricsEnabled)
    dimensions.push([...byStage, ["Method", request.method], ["Resource", route.path]]);
  return dimensions;
}

function valuesOf(exchange: Exchange): [string, MetricDatum["Unit"], number][] {
  const status = exchange.status ?? 0;
  const values: [string, MetricDatum["Unit"], number][] = [
    ["Count", "Count", 1],
    ["4xx", "Count", status >= 400 && status < 500 ? 1 : 0],
    ["5xx", "Count", status >= 500 ? 1 : 0],
    ["Latency", "Milliseconds", Math.round(exchange.latencyMs ?? 0)],
    ["DataProcessed", "Bytes", exchange.responseBytes ?? 0],
  ];
  const integrationMs = exchange.integration?.latencyMs;
  if (integrationMs !== undefined) values.push(["IntegrationLatency", "Milliseconds", Math.round(integrationMs)]);
  return values;
}

/** A call takes 1,000 series of 150 values each. */
async function putAll(cloud: Cloud, region: string, series: readonly Series[]): Promise<void> {
  const data = series.flatMap(({ datum, counts }) => {
    const pairs = [...counts];
    const parts: MetricDatum[] = [];
    for (let at = 0; at < pairs.length; at += 150) {
      const part = pairs.slice(at, at + 150);
      parts.push({ ...datum, Values: part.map(([value]) => value), Counts: part.map(([, count]) => count) });
    }
    return parts;
  });
  for (let at = 0; at < data.length; at += 1000)
    await cloud.call(
      "cloudwatch",
      "PutMetricData",
      { Namespace: "AWS/ApiGateway", MetricData: data.slice(at, at + 1000) },
      { region },
    );
}
