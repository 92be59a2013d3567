import type { HttpParameters as TargetParameters } from "@aws-sdk/client-eventbridge";
import type { ConnectionSecret, HttpParameter } from "../connection-secrets.ts";
import type { ApiDestinationRecord } from "../records.ts";

/** An HTTP request, ready to be sent. */
export interface ApiRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string;
}

/** Builds the request of an API destination: the connection's parameters win over the target's. */
export function buildApiRequest(
  destination: ApiDestinationRecord,
  target: TargetParameters | undefined,
  secret: ConnectionSecret,
  token: string | undefined,
  input: string,
): ApiRequest {
  const added = secret.invocation_http_parameters ?? {};
  const { method } = destination;
  const headers = new Headers({ "content-type": "application/json; charset=utf-8", "user-agent": USER_AGENT });
  for (const [name, value] of Object.entries(target?.HeaderParameters ?? {})) headers.set(name, value);
  for (const { key, value } of added.header_parameters ?? []) headers.set(key, value);
  authorize(headers, secret, token);
  const url = new URL(fillPath(destination.endpoint, target?.PathParameterValues ?? []));
  for (const [name, value] of Object.entries(target?.QueryStringParameters ?? {})) url.searchParams.set(name, value);
  for (const { key, value } of added.query_string_parameters ?? []) url.searchParams.set(key, value);
  if (method === "GET" || method === "HEAD") return { url: url.href, method, headers };
  return { url: url.href, method, headers, body: addToBody(input, added.body_parameters ?? []) };
}

const USER_AGENT = "Amazon/EventBridge/ApiDestinations";

function authorize(headers: Headers, secret: ConnectionSecret, token: string | undefined): void {
  const { username, password, api_key_name: keyName, api_key_value: keyValue } = secret;
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  else if (keyName !== undefined) headers.set(keyName, keyValue ?? "");
  else if (username !== undefined)
    headers.set("authorization", `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`);
}

/** Each star of the endpoint's path is a value of the target. */
function fillPath(endpoint: string, values: readonly string[]): string {
  let index = 0;
  return endpoint.replaceAll("*", () => encodeURIComponent(values[index++] ?? ""));
}

function addToBody(input: string, parameters: readonly HttpParameter[]): string {
  if (parameters.length === 0) return input;
  const body: unknown = JSON.parse(input);
  if (typeof body !== "object" || body === null || Array.isArray(body)) return input;
  return JSON.stringify({ ...body, ...Object.fromEntries(parameters.map(({ key, value }) => [key, value])) });
}
