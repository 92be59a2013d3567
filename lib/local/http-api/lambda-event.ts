import type { Exchange } from "./exchange.ts";
import type { GatewayRequest } from "./gateway-request.ts";
import { requestContextV1, requestContextV2 } from "./request-context.ts";

/** What a parameter mapping may change of a request before an integration sees it. */
export type RequestParts = Pick<GatewayRequest, "headers" | "query" | "path">;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function lambdaEvent(exchange: Exchange, parts: RequestParts, version: string, body: Buffer): object {
  const payload = payloadOf(parts, body);
  return version === "1.0"
    ? { ...eventV1(exchange, parts), ...payload, body: payload.body ?? null }
    : { ...eventV2(exchange, parts), ...payload };
}

/** Format 2.0 without the body: an authorizer gets this. */
export function eventV2(exchange: Exchange, parts: RequestParts) {
  const { request, stage, route } = exchange;
  return {
    version: "2.0",
    routeKey: route?.key,
    rawPath: parts.path,
    rawQueryString: request.rawQuery,
    ...(request.cookies.length > 0 && { cookies: request.cookies }),
    headers: joined(parts.headers),
    ...(parts.query.length > 0 && { queryStringParameters: joined(grouped(parts.query)) }),
    requestContext: requestContextV2(exchange),
    ...(route && route.parameters.length > 0 && { pathParameters: Object.fromEntries(route.parameters) }),
    ...(Object.keys(stage.variables).length > 0 && { stageVariables: stage.variables }),
  };
}

/** Format 1.0 without the body. */
export function eventV1(exchange: Exchange, parts: RequestParts) {
  const { request, stage, route } = exchange;
  const query = grouped(parts.query);
  return {
    version: "1.0",
    resource: route?.path,
    path: parts.path,
    httpMethod: request.method,
    headers: last(parts.headers),
    multiValueHeaders: Object.fromEntries(parts.headers),
    queryStringParameters: query.size > 0 ? last(query) : null,
    multiValueQueryStringParameters: query.size > 0 ? Object.fromEntries(query) : null,
    requestContext: requestContextV1(exchange),
    pathParameters: route && route.parameters.length > 0 ? Object.fromEntries(route.parameters) : null,
    stageVariables: Object.keys(stage.variables).length > 0 ? stage.variables : null,
  };
}

/**
 * The body as text only for `text/*` and three of `application/*`; everything else, also a form and a body without a
 * type, is base64. Seen on AWS, not documented there: https://github.com/ministackorg/ministack/pull/766
 */
const TEXT = /^(text\/.*|application\/(json|xml|javascript))$/;

function payloadOf(parts: RequestParts, body: Buffer): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = (parts.headers.get("content-type")?.[0] ?? "").replace(/;.*$/s, "").trim().toLowerCase();
  const text = TEXT.test(type) && !parts.headers.has("content-encoding");
  return { body: body.toString(text ? "utf8" : "base64"), isBase64Encoded: !text };
}

/** Values of one name joined with commas. Cookies have a place of their own in format 2.0. */
function joined(values: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  const record: [string, string][] = [];
  for (const [name, all] of values) if (name !== "cookie") record.push([name, all.join(",")]);
  return Object.fromEntries(record);
}

function last(values: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  return Object.fromEntries([...values].map(([name, all]) => [name, all.at(-1) ?? ""]));
}

function grouped(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return groups;
}
