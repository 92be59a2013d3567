import type { ConnectionSecret, HttpParameter } from "../connection-secrets.ts";
import type { Events } from "../events-context.ts";
import { callOut } from "./send-to-api.ts";
import { TargetFailure } from "./target-failure.ts";

interface Token {
  readonly value: string;
  readonly expiresMs: number;
}

const DEFAULT_LIFE_SECONDS = 300;
const tokens = new WeakMap<Events, Map<string, Token>>();

/** The access token of a connection with client credentials: a fresh one when there is none that lasts. */
export async function fetchToken(events: Events, secretArn: string, secret: ConnectionSecret): Promise<string> {
  const known = tokensOf(events).get(secretArn);
  if (known !== undefined && known.expiresMs > events.cloud.clock.now()) return known.value;
  const token = await askForToken(events, secret);
  tokensOf(events).set(secretArn, token);
  return token.value;
}

/** What an endpoint refused is not used again. */
export function forgetToken(events: Events, secretArn: string): void {
  tokensOf(events).delete(secretArn);
}

async function askForToken(events: Events, secret: ConnectionSecret): Promise<Token> {
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
  const response = await callOut(url.href, {
    method,
    headers: { "content-type": "application/x-www-form-urlencoded", ...toObject(added.header_parameters) },
    ...(method !== "GET" && { body: form.toString() }),
  });
  const answer = (await response.json().catch(() => undefined)) as
    | { access_token?: string; expires_in?: number }
    | undefined;
  if (!response.ok || typeof answer?.access_token !== "string")
    throw new TargetFailure("ERROR_FROM_TARGET", `${url.origin} gave no access token (${response.status}).`);
  const lifeMs = (answer.expires_in ?? DEFAULT_LIFE_SECONDS) * 1000;
  return { value: answer.access_token, expiresMs: events.cloud.clock.now() + lifeMs };
}

function tokensOf(events: Events): Map<string, Token> {
  const known = tokens.get(events);
  if (known !== undefined) return known;
  const fresh = new Map<string, Token>();
  tokens.set(events, fresh);
  return fresh;
}

function toObject(parameters: readonly HttpParameter[] = []): Record<string, string> {
  return Object.fromEntries(parameters.map(({ key, value }) => [key, value]));
}
