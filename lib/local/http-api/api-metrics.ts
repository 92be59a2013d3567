import type { StandardUnit } from "@aws-sdk/client-cloudwatch";
import { ServiceMetrics } from "../kit/service-metrics.ts";
import type { Cloud } from "../service.ts";
import type { Exchange } from "./exchange.ts";

/** Counts what APIs serve. */
export interface ApiMetrics {
  /** Counts a finished exchange. */
  record(exchange: Exchange): void;
  stop(): Promise<void>;
}

/**
 * The metrics of HTTP APIs in `AWS/ApiGateway`, by API and by stage, and by route where the stage enables details:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export function createApiMetrics(cloud: Cloud): ApiMetrics {
  const metrics = new ServiceMetrics(cloud, "AWS/ApiGateway");
  return {
    record(exchange) {
      const { Region: region, ApiId } = exchange.stage.api;
      for (const dimensions of dimensionsOf(exchange, ApiId))
        for (const [name, unit, value] of valuesOf(exchange))
          metrics.add({ region, name, unit, dimensions }, value, exchange.request.timeMs);
    },
    stop: () => metrics.close(),
  };
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

function valuesOf(exchange: Exchange): [string, StandardUnit, number][] {
  const status = exchange.status ?? 0;
  const values: [string, StandardUnit, number][] = [
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
