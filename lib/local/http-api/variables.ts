import type { Exchange } from "./exchange.ts";
import { accountAndCaller } from "./caller-variables.ts";
import { clfTime, userAgentOf } from "./request-context.ts";

/** `${stageVariables.name}` in an integration's URI, replaced. */
export function withStageVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_all, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? "") : "",
  );
}

type Reader = (exchange: Exchange) => string | number | undefined;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["accountId", (x) => x.stage.account],
  ["apiId", (x) => x.stage.api.ApiId],
  ["authorizer.error", (x) => x.authorizerError],
  ["authorizer.latency", (x) => x.authorization?.latencyMs],
  ["authorizer.status", (x) => x.authorization?.status],
  ["awsEndpointRequestId", (x) => x.integration?.requestId],
  ["dataProcessed", (x) => (x.responseBytes ?? 0) + Number(x.request.headers.get("content-length")?.[0] ?? 0)],
  ["domainName", (x) => x.request.domainName],
  ["domainPrefix", (x) => x.request.domainName.split(".")[0]],
  ["error.message", (x) => x.errorMessage],
  ["error.messageString", (x) => x.errorMessage && JSON.stringify(x.errorMessage)],
  ["extendedRequestId", (x) => x.request.requestId],
  ["httpMethod", (x) => x.request.method],
  ["identity.sourceIp", (x) => x.request.sourceIp],
  ["identity.userAgent", (x) => userAgentOf(x)],
  ["integration.error", (x) => x.integration?.error],
  ["integration.integrationStatus", (x) => x.integration?.status],
  ["integration.latency", (x) => rounded(x.integration?.latencyMs)],
  ["integration.requestId", (x) => x.integration?.requestId],
  ["integration.status", (x) => (x.integration?.status === undefined ? undefined : 200)],
  ["integrationErrorMessage", (x) => x.integration?.error],
  ["integrationLatency", (x) => rounded(x.integration?.latencyMs)],
  ["integrationStatus", (x) => x.integration?.status],
  ["path", (x) => x.request.path],
  ["protocol", (x) => x.request.protocol],
  ["requestId", (x) => x.request.requestId],
  ["requestTime", (x) => clfTime(x.request.timeMs)],
  ["requestTimeEpoch", (x) => x.request.timeMs],
  ["responseLatency", (x) => rounded(x.latencyMs)],
  ["responseLength", (x) => x.responseBytes],
  ["routeKey", (x) => x.route?.key],
  ["stage", (x) => x.stage.name],
  ["status", (x) => x.status],
]);

/** The value of `$context.<name>`; undefined where it has none. */
export function contextVariable(exchange: Exchange, name: string): string | undefined {
  const value = READERS.get(name)?.(exchange) ?? accountAndCaller(exchange, name);
  return value === undefined ? undefined : String(value);
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}
