import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { decode } from "./match-route.ts";
import type { ServedStage } from "./served-stage.ts";

/** A request as the gateway hands it on. */
export interface GatewayRequest {
  readonly method: string;
  readonly protocol: string;
  readonly host: string;
  readonly sourceIp: string;
  /** Headers in lower case, without those of the connection, with those that API Gateway adds. */
  readonly headers: Map<string, string[]>;
  /** The `cookie` header's parts. */
  readonly cookies: readonly string[];
  /** The requested path, with the stage's name, decoded: AWS's `rawPath` is not raw. */
  readonly path: string;
  /** The path without the stage's name, still encoded. */
  readonly routePath: string;
  readonly rawQuery: string;
  /** The query's parameters in their order, decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Milliseconds since the epoch, in the cloud's time. */
  readonly timeMs: number;
  readonly requestId: string;
  /** The host under which a client finds this API without a path prefix. */
  readonly domainName: string;
}

const OF_THE_CONNECTION = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Reads what a gateway needs of a request. Its body is not read yet. */
export function readRequest(message: IncomingMessage, stage: ServedStage, timeMs: number): GatewayRequest {
  const [rawPath, rawQuery] = splitOnce(stage.target, "?");
  const sourceIp = (message.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
  const headers = readHeaders(message, sourceIp, timeMs);
  const cookies = (headers.get("cookie") ?? []).flatMap((line) => line.split(/;\s*/)).filter((one) => one !== "");
  return {
    method: message.method ?? "GET",
    protocol: `HTTP/${message.httpVersion}`,
    host: message.headers.host ?? "",
    sourceIp,
    headers,
    cookies,
    path: decode(rawPath),
    routePath: rawPath.slice(stage.prefix.length) || "/",
    rawQuery,
    query: [...new URLSearchParams(rawQuery)],
    timeMs,
    requestId: randomBytes(11).toString("base64"),
    domainName: domainNameOf(message, stage),
  };
}

/** The lower-case headers of a message, each with all its values, without those that end at the connection. */
export function endToEndHeaders(raw: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let at = 0; at < raw.length; at += 2) {
    const [name = "", value = ""] = [raw[at]?.toLowerCase(), raw[at + 1]];
    if (OF_THE_CONNECTION.has(name)) continue;
    const values = headers.get(name);
    if (values) values.push(value);
    else headers.set(name, [value]);
  }
  return headers;
}

function readHeaders(message: IncomingMessage, sourceIp: string, timeMs: number): Map<string, string[]> {
  const headers = endToEndHeaders(message.rawHeaders);
  const forwardedFor = headers.get("x-forwarded-for");
  headers.set("x-forwarded-for", [forwardedFor ? `${forwardedFor.join(", ")}, ${sourceIp}` : sourceIp]);
  headers.set("x-forwarded-port", [String(message.socket.localPort ?? "")]);
  headers.set("x-forwarded-proto", ["http"]);
  if (!headers.has("x-amzn-trace-id")) headers.set("x-amzn-trace-id", [newTraceId(timeMs)]);
  if (!headers.has("content-length") && message.headers["transfer-encoding"] === undefined)
    headers.set("content-length", ["0"]);
  return headers;
}

function domainNameOf(message: IncomingMessage, stage: ServedStage): string {
  const host = message.headers.host ?? "";
  if (host.startsWith(`${stage.api.ApiId}.`)) return host;
  return `${stage.api.ApiId}.execute-api.${stage.api.Region}.localhost:${message.socket.localPort}`;
}

function newTraceId(timeMs: number): string {
  const seconds = Math.floor(timeMs / 1000)
    .toString(16)
    .padStart(8, "0");
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
