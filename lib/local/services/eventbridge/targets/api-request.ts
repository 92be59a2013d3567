import type { HttpParameters as TargetParameters } from "@aws-sdk/client-eventbridge";
import { addCredentials, addParameters, type ConnectionCredentials } from "../../../http-connection/credentials.ts";
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
  credentials: ConnectionCredentials,
  input: string,
): ApiRequest {
  const { method } = destination;
  const headers = new Headers({ "content-type": "application/json; charset=utf-8", "user-agent": USER_AGENT });
  for (const [name, value] of Object.entries(target?.HeaderParameters ?? {})) headers.set(name, value);
  addCredentials(headers, credentials);
  const url = new URL(fillPath(destination.endpoint, target?.PathParameterValues ?? []));
  for (const [name, value] of Object.entries(target?.QueryStringParameters ?? {})) url.searchParams.set(name, value);
  const body = addParameters(url, input, credentials);
  return { url: url.href, method, headers, ...(method !== "GET" && method !== "HEAD" && { body }) };
}

const USER_AGENT = "Amazon/EventBridge/ApiDestinations";

/** Each star of the endpoint's path is a value of the target. */
function fillPath(endpoint: string, values: readonly string[]): string {
  let index = 0;
  return endpoint.replaceAll("*", () => encodeURIComponent(values[index++] ?? ""));
}
