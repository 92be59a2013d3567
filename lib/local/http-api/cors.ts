import type { Cors } from "@aws-sdk/client-apigatewayv2";
import type { Exchange } from "./exchange.ts";
import type { GatewayAnswer } from "./gateway-answer.ts";
import type { GatewayRequest } from "./gateway-request.ts";

/** A browser's question before a request: OPTIONS with an origin and the method it would use. */
export function isPreflight(request: GatewayRequest): boolean {
  return (
    request.method === "OPTIONS" &&
    request.headers.has("origin") &&
    request.headers.has("access-control-request-method")
  );
}

/** The gateway's own answer to a preflight; `withCors` adds what the configuration allows. */
export function preflightAnswer(_exchange: Exchange): GatewayAnswer {
  return { status: 204, headers: [] };
}

/**
 * Every answer with the request's id and, where the API configures CORS, with the headers of its configuration:
 * those of the integration are ignored then, as AWS does.
 */
export function withCors(exchange: Exchange, answer: GatewayAnswer): GatewayAnswer {
  const id = ["apigw-requestid", exchange.request.requestId] as const;
  const { cors } = exchange.stage;
  if (!cors) return { ...answer, headers: [...answer.headers, id] };
  const own = answer.headers.filter(([name]) => !name.startsWith("access-control-"));
  return { ...answer, headers: [...own, ...corsHeaders(exchange, cors), id] };
}

function corsHeaders({ request }: Exchange, cors: Cors): [string, string][] {
  const origin = request.headers.get("origin")?.[0];
  const allowed = origin === undefined ? undefined : allowedOrigin(cors.AllowOrigins ?? [], origin);
  if (allowed === undefined) return [];
  const headers: [string, string][] = [["access-control-allow-origin", allowed]];
  if (allowed !== "*") headers.push(["vary", "Origin"]);
  if (cors.AllowCredentials) headers.push(["access-control-allow-credentials", "true"]);
  if (!isPreflight(request)) {
    if (cors.ExposeHeaders?.length) headers.push(["access-control-expose-headers", cors.ExposeHeaders.join(",")]);
    return headers;
  }
  if (cors.AllowMethods?.length) headers.push(["access-control-allow-methods", cors.AllowMethods.join(",")]);
  if (cors.AllowHeaders?.length) headers.push(["access-control-allow-headers", cors.AllowHeaders.join(",")]);
  if (cors.MaxAge !== undefined) headers.push(["access-control-max-age", String(cors.MaxAge)]);
  return headers;
}

/** The value for `Access-Control-Allow-Origin`: `https://*`, `http://*` and `*` are wildcards, others are exact. */
function allowedOrigin(allowed: readonly string[], origin: string): string | undefined {
  if (allowed.includes("*")) return "*";
  const scheme = /^(https?:\/\/)/.exec(origin)?.[1];
  return allowed.includes(origin) || (scheme !== undefined && allowed.includes(`${scheme}*`)) ? origin : undefined;
}
