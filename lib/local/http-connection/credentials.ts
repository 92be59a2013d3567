import type { Cloud } from "../service.ts";
import { fetchToken } from "./access-token.ts";
import type { ConnectionSecret } from "./connection-secret.ts";

/** A connection of EventBridge, as far as calls need it. */
export interface Connection {
  readonly secretArn: string;
  readonly authorizationType: string;
}

/** What a connection adds to a request. */
export interface ConnectionCredentials {
  readonly secret: ConnectionSecret;
  /** The access token, where the connection has client credentials. */
  readonly token: string | undefined;
}

/** Reads a connection's secret, and requests a token where it needs one. Throws `CallFailure` where it gets none. */
export async function readCredentials(
  cloud: Cloud,
  region: string,
  { secretArn, authorizationType }: Connection,
): Promise<ConnectionCredentials> {
  const { SecretString } = await cloud.call("secrets-manager", "GetSecretValue", { SecretId: secretArn }, { region });
  const secret = JSON.parse(SecretString ?? "{}") as ConnectionSecret;
  const needsToken = authorizationType === "OAUTH_CLIENT_CREDENTIALS";
  return { secret, token: needsToken ? await fetchToken(cloud, secretArn, secret) : undefined };
}

/** Sets the connection's own headers, which win over those that are there. */
export function addCredentials(headers: Headers, { secret, token }: ConnectionCredentials): void {
  for (const { key, value } of secret.invocation_http_parameters?.header_parameters ?? []) headers.set(key, value);
  const { username, password, api_key_name: keyName, api_key_value: keyValue } = secret;
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  else if (keyName !== undefined) headers.set(keyName, keyValue ?? "");
  else if (username !== undefined)
    headers.set("authorization", `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`);
}

/** Sets the connection's query parameters, and adds its members to a body that is a JSON object. */
export function addParameters(url: URL, body: string, { secret }: ConnectionCredentials): string {
  const added = secret.invocation_http_parameters ?? {};
  for (const { key, value } of added.query_string_parameters ?? []) url.searchParams.set(key, value);
  const members = added.body_parameters ?? [];
  if (members.length === 0) return body;
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return body;
  return JSON.stringify({ ...parsed, ...Object.fromEntries(members.map(({ key, value }) => [key, value])) });
}
