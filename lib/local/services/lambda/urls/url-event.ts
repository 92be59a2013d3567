import type { IncomingMessage } from "node:http";
import type { iamAuthorizer } from "../../../http-api/signer.ts";
import type { UrlRecord } from "../records.ts";

/** A request to a function URL, read to its end. */
export interface UrlRequest {
  readonly request: IncomingMessage;
  /** Below the URL's own prefix, with a leading slash, as it came. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly body: Buffer;
  readonly requestId: string;
  /** Who signed the request, for a URL with IAM. */
  readonly iam: ReturnType<typeof iamAuthorizer> | undefined;
  readonly nowMs: number;
}

const TEXT = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|.*\+(json|xml)))/;

/** The event that a function gets from its URL: API Gateway's payload format 2.0. */
export function buildUrlEvent(url: UrlRecord, { request, rawPath, rawQuery, body, requestId, iam, nowMs }: UrlRequest) {
  const { cookie, ...headers } = request.headers;
  const host = request.headers.host ?? "";
  const sourceIp = (request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
  const signed = url.config.AuthType === "AWS_IAM" && iam !== undefined;
  const isText = TEXT.test(request.headers["content-type"] ?? "text/");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: rawQuery,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...joined(headers),
      "x-forwarded-for": sourceIp,
      "x-forwarded-port": host.split(":")[1] ?? "80",
      "x-forwarded-proto": "http",
    },
    ...(rawQuery !== "" && { queryStringParameters: queryOf(rawQuery) }),
    requestContext: {
      accountId: signed ? iam.accountId : "anonymous",
      apiId: url.id,
      domainName: `${url.id}.lambda-url.${url.region}.on.aws`,
      domainPrefix: url.id,
      http: {
        method: request.method ?? "GET",
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: request.headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: "$default",
      stage: "$default",
      time: formatTime(nowMs),
      timeEpoch: nowMs,
      ...(signed && { authorizer: { iam } }),
    },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function joined(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : (value ?? "")]),
  );
}

function queryOf(raw: string): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

/** Common Log Format: `12/Mar/2020:19:03:58 +0000`. */
function formatTime(epochMs: number): string {
  const [, day, month, year, time] = new Date(epochMs).toUTCString().split(/[ ,]+/);
  return `${day}/${month}/${year}:${time} +0000`;
}
