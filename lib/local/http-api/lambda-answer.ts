import { failure, type GatewayAnswer } from "./gateway-answer.ts";

interface ProxyResponse {
  readonly statusCode?: unknown;
  readonly headers?: unknown;
  readonly multiValueHeaders?: unknown;
  readonly cookies?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

/** Headers that describe the connection or the bytes on it: the gateway's own to say. */
const NOT_THE_FUNCTIONS = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "trailer",
  "te",
]);

/** The HTTP response of a function's payload; a payload that is not a response is an Internal Server Error. */
export function lambdaAnswer(payload: Uint8Array, version: string): GatewayAnswer {
  const response = parsed(payload);
  if (version === "1.0") {
    if (!isResponse(response)) throw invalid("the payload is not an object with a statusCode");
    return answerOf(response, response.multiValueHeaders, []);
  }
  if (!isResponse(response)) return inferred(payload);
  return answerOf(response, undefined, cookiesOf(response.cookies));
}

/** Format 2.0 takes anything without a `statusCode`, valid JSON or not, for the body of a 200. */
function inferred(payload: Uint8Array): GatewayAnswer {
  return { status: 200, headers: [["content-type", "application/json"]], body: payload };
}

function answerOf(response: ProxyResponse, multiValue: unknown, cookies: readonly string[]): GatewayAnswer {
  const headers = [...multiValueHeaders(multiValue)];
  for (const [name, value] of singleHeaders(response.headers))
    if (!headers.some(([other]) => other === name) || name === "set-cookie") headers.push([name, value]);
  for (const cookie of cookies) headers.push(["set-cookie", cookie]);
  if (!headers.some(([name]) => name === "content-type")) headers.push(["content-type", "text/plain; charset=utf-8"]);
  return {
    status: statusOf(response.statusCode),
    headers: headers.filter(([name]) => !NOT_THE_FUNCTIONS.has(name)),
    body: bodyOf(response),
  };
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}

function isResponse(value: unknown): value is ProxyResponse {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, "statusCode");
}

function statusOf(value: unknown): number {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 100 || status > 599)
    throw invalid(`statusCode ${JSON.stringify(value)} is not an HTTP status`);
  return status;
}

function* singleHeaders(value: unknown): Iterable<[string, string]> {
  for (const [name, one] of entriesOf(value, "headers"))
    if (one !== null && one !== undefined) yield [name.toLowerCase(), textOf(name, one)];
}

function* multiValueHeaders(value: unknown): Iterable<[string, string]> {
  for (const [name, all] of entriesOf(value, "multiValueHeaders")) {
    if (!Array.isArray(all)) throw invalid(`multiValueHeaders.${name} is not a list`);
    for (const one of all) yield [name.toLowerCase(), textOf(name, one)];
  }
}

function entriesOf(value: unknown, what: string): [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object" || Array.isArray(value)) throw invalid(`${what} is not an object`);
  return Object.entries(value);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalid(`the header ${name} is not a string`);
}

function cookiesOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string"))
    throw invalid("cookies is not a list of strings");
  return value;
}

function bodyOf(response: ProxyResponse): Uint8Array | undefined {
  const { body } = response;
  if (body === undefined || body === null) return undefined;
  if (typeof body !== "string") throw invalid("body is not a string");
  return Buffer.from(body, response.isBase64Encoded === true ? "base64" : "utf8");
}

function invalid(why: string): Error {
  return failure(500, { cause: new TypeError(`The function's response is not valid: ${why}.`) });
}
