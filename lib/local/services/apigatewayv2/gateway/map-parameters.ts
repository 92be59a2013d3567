import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { parseParameterMapping } from "../parameter-mapping-key.ts";
import type { IntegrationRecord } from "../../../http-api/api-parts.ts";
import type { Exchange } from "../../../http-api/exchange.ts";
import type { GatewayAnswer } from "../../../http-api/gateway-answer.ts";
import type { RequestParts } from "../../../http-api/lambda-event.ts";
import { resolveExpression, type ExpressionSource } from "../../../http-api/mapping-expression.ts";

/** The request as the integration's `RequestParameters` leave it. */
export function mappedRequest(
  exchange: Exchange,
  integration: IntegrationRecord,
  body: Buffer | undefined,
): RequestParts {
  const mappings = Object.entries(integration.RequestParameters ?? {});
  if (mappings.length === 0) return exchange.request;
  const headers = new Map([...exchange.request.headers].map(([name, values]) => [name, [...values]]));
  let query = [...exchange.request.query];
  let { path } = exchange.request;
  const source: ExpressionSource = { exchange, body };
  for (const [key, expression] of mappings) {
    const target = parseParameterMapping(key, "request");
    const value = target.action === "remove" ? "" : resolveExpression(expression, source);
    if (value === undefined) continue;
    if (target.location === "path") path = value;
    else if (target.location === "header") writeHeader(headers, target.action, target.name, value);
    else {
      if (target.action !== "append") query = query.filter(([name]) => name !== target.name);
      if (target.action !== "remove") query.push([target.name, value]);
    }
  }
  return { headers, query, path };
}

/** The answer as the integration's `ResponseParameters` for its status leave it. */
export async function mappedAnswer(
  exchange: Exchange,
  integration: IntegrationRecord,
  answer: GatewayAnswer,
): Promise<GatewayAnswer> {
  const mappings = Object.entries(
    new Map(Object.entries(integration.ResponseParameters ?? {})).get(String(answer.status)) ?? {},
  );
  if (mappings.length === 0) return answer;
  const body = await bodyFor(mappings, answer);
  const headers = new Map<string, string[]>();
  for (const [name, value] of answer.headers) headers.set(name, [...(headers.get(name) ?? []), value]);
  const source: ExpressionSource = {
    exchange,
    response: { headers: new Map(headers), body: Buffer.isBuffer(body) ? body : undefined },
  };
  let { status } = answer;
  for (const [key, expression] of mappings) {
    const target = parseParameterMapping(key, "response");
    const value = target.action === "remove" ? "" : resolveExpression(expression, source);
    if (value === undefined) continue;
    if (target.location === "header") writeHeader(headers, target.action, target.name, value);
    else if (/^[2-5]\d\d$/.test(value)) status = Number(value);
  }
  return {
    status,
    headers: [...headers].flatMap(([name, values]) => values.map((value) => [name, value] as const)),
    body,
  };
}

/** A streamed body is gathered only when a mapping looks into it. */
async function bodyFor(mappings: [string, string][], answer: GatewayAnswer): Promise<GatewayAnswer["body"]> {
  if (!mappings.some(([, expression]) => expression.includes("response.body"))) return answer.body;
  if (answer.body instanceof Readable) return buffer(answer.body);
  return answer.body && Buffer.from(answer.body);
}

function writeHeader(headers: Map<string, string[]>, action: string, name: string, value: string): void {
  if (action === "remove") headers.delete(name);
  else if (action === "overwrite") headers.set(name, [value]);
  else headers.set(name, [...(headers.get(name) ?? []), value]);
}
