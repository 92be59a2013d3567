import * as http from "node:http";
import * as https from "node:https";
import { pipeline, Transform } from "node:stream";
import type { IntegrationRecord } from "../../../http-api/api-parts.ts";
import type { Exchange } from "../../../http-api/exchange.ts";
import { failure, type GatewayAnswer } from "../../../http-api/gateway-answer.ts";
import { endToEndHeaders } from "../../../http-api/gateway-request.ts";
import type { RequestParts } from "../../../http-api/lambda-event.ts";
import { mappedRequest } from "./map-parameters.ts";
import { MAX_BODY_BYTES, readBody, refuseDeclaredSize } from "../../../http-api/read-body.ts";
import { withStageVariables } from "../../../http-api/variables.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

interface HttpProxy {
  /** Sends the request on to the integration's URL; the bodies are streamed both ways. */
  forward(exchange: Exchange, integration: IntegrationRecord, message: http.IncomingMessage): Promise<GatewayAnswer>;
  close(): void;
}

/** Sends requests to the URLs of HTTP proxy integrations. */
export function createHttpProxy(): HttpProxy {
  const plain = new http.Agent({ keepAlive: true });
  const secure = new https.Agent({ keepAlive: true });
  return {
    async forward(exchange, integration, message) {
      refuseDeclaredSize(message);
      const body = looksIntoBody(integration) ? await readBody(message) : undefined;
      const parts = mappedRequest(exchange, integration, body);
      const url = targetUrl(exchange, integration, parts);
      const send = url.protocol === "https:" ? https.request : http.request;
      const request = send(url, {
        agent: url.protocol === "https:" ? secure : plain,
        method: integration.IntegrationMethod === "ANY" ? exchange.request.method : integration.IntegrationMethod,
        headers: forwardedHeaders(exchange, parts, url, message),
      });
      if (body) request.end(body);
      // A client that disconnects, or sends too much, ends the backend's request; `responseTo` reports it.
      else pipeline(message, limited(), request, () => undefined);
      return answerOf(await responseTo(request, integration.TimeoutInMillis ?? DEFAULT_TIMEOUT_MS));
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function looksIntoBody(integration: IntegrationRecord): boolean {
  return Object.values(integration.RequestParameters ?? {}).some((value) => value.includes("request.body"));
}

/** The URI with its variables filled in, `overwrite:path` as its path, and the client's query behind its own. */
function targetUrl(exchange: Exchange, integration: IntegrationRecord, parts: RequestParts): URL {
  const filled = withStageVariables(integration.IntegrationUri ?? "", exchange.stage.variables).replaceAll(
    /\{([A-Za-z0-9._-]+)\+?\}/g,
    (all, name: string) => {
      const value = exchange.route?.parameters.find(([one]) => one === name)?.[1];
      return value === undefined ? all : value.split("/").map(encodeURIComponent).join("/");
    },
  );
  const url = URL.parse(filled);
  if (!url) throw failure(500, { cause: new Error(`${filled} is not a URL.`) });
  if (parts.path !== exchange.request.path) url.pathname = parts.path;
  for (const [name, value] of parts.query) url.searchParams.append(name, value);
  return url;
}

/** AWS's order of things: no X-Forwarded-*, one `Forwarded` and one `Via`, the backend's own host. */
function forwardedHeaders(exchange: Exchange, parts: RequestParts, url: URL, message: http.IncomingMessage) {
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, values] of parts.headers)
    if (!name.startsWith("x-forwarded-") && name !== "content-length")
      headers[name] = values.length === 1 ? values[0]! : values;
  const { request } = exchange;
  const hop = `by=${message.socket.localAddress ?? "127.0.0.1"};for=${request.sourceIp};host=${request.host};proto=http`;
  headers["forwarded"] = [...(parts.headers.get("forwarded") ?? []), hop].join(", ");
  headers["via"] = "HTTP/1.1 AmazonAPIGateway";
  const sameHost = parts.headers.get("host")?.[0] === request.host;
  if (sameHost) headers["host"] = url.host;
  const length = message.headers["content-length"];
  if (length !== undefined) headers["content-length"] = length;
  return headers;
}

/** Ends the backend's request when a body without a declared length turns out too large. */
function limited(): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) done(failure(413));
      else done(null, chunk);
    },
  });
}

/** The backend's answer, as soon as its headers are there. */
function responseTo(request: http.ClientRequest, timeoutMs: number): Promise<http.IncomingMessage> {
  const late = setTimeout(() => request.destroy(failure(504)), timeoutMs);
  return new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", (error) => reject(error.name === "GatewayFailure" ? error : failure(503, { cause: error })));
  }).finally(() => clearTimeout(late));
}

function answerOf(response: http.IncomingMessage): GatewayAnswer {
  const headers: [string, string][] = [];
  for (const [name, values] of endToEndHeaders(response.rawHeaders))
    for (const value of values) headers.push([name, value]);
  return { status: response.statusCode ?? 502, headers, body: response };
}
