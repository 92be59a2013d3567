import type { Cloud } from "../service.ts";
import { CallFailure, callOut } from "./call-out.ts";
import type { ConnectionSecret, HttpParameter } from "./connection-secret.ts";

interface Token {
  readonly value: string;
  readonly expiresMs: number;
}

const DEFAULT_LIFE_SECONDS = 300;
const TIMEOUT_MS = 5000;
const tokens = new WeakMap<Cloud, Map<string, Token>>();

/** The access token of a connection with client credentials: a fresh one when there is none that lasts. */
export async function fetchToken(cloud: Cloud, secretArn: string, secret: ConnectionSecret): Promise<string> {
  const known = tokensOf(cloud).get(secretArn);
  if (known !== undefined && known.expiresMs > cloud.clock.now()) return known.value;
  const token = await askForToken(cloud, secret);
  tokensOf(cloud).set(secretArn, token);
  return token.value;
}

/** What an endpoint refused is not used again. */
export function forgetToken(cloud: Cloud, secretArn: string): void {
  tokensOf(cloud).delete(secretArn);
}

async function askForToken(cloud: Cloud, secret: ConnectionSecret): Promise<Token> {
  const { oauth_http_parameters: added = {}, http_method: method = "POST" } = secret;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: secret.client_id ?? "",
    client_secret: secret.client_secret ?? "",
    ...toObject(added.body_parameters),
  });
  const url = new URL(secret.authorization_endpoint ?? "");
  for (const { key, value } of added.query_string_parameters ?? []) url.searchParams.set(key, value);
  if (method === "GET") for (const [key, value] of form) url.searchParams.set(key, value);
  const headers = { "content-type": "application/x-www-form-urlencoded", ...toObject(added.header_parameters) };
  const body = method === "GET" ? undefined : form.toString();
  const response = await callOut(url.href, { method, headers, body: body ?? null }, TIMEOUT_MS);
  const answer = (await response.json().catch(() => undefined)) as
    | { access_token?: string; expires_in?: number }
    | undefined;
  if (!response.ok || typeof answer?.access_token !== "string")
    throw new CallFailure("ERROR_FROM_TARGET", `${url.origin} gave no access token (${response.status}).`);
  const lifeMs = (answer.expires_in ?? DEFAULT_LIFE_SECONDS) * 1000;
  return { value: answer.access_token, expiresMs: cloud.clock.now() + lifeMs };
}

function tokensOf(cloud: Cloud): Map<string, Token> {
  const known = tokens.get(cloud);
  if (known !== undefined) return known;
  const fresh = new Map<string, Token>();
  tokens.set(cloud, fresh);
  return fresh;
}

function toObject(parameters: readonly HttpParameter[] = []): Record<string, string> {
  return Object.fromEntries(parameters.map(({ key, value }) => [key, value]));
}
