import type { ConnectionSecret } from "../connection-secrets.ts";
import { findConnection } from "../connections.ts";
import type { Delivery } from "../deliveries.ts";
import { inRegion, keyOf, type Events } from "../events-context.ts";
import { buildApiRequest } from "./api-request.ts";
import { fetchToken, forgetToken } from "./oauth-token.ts";
import { TargetFailure } from "./target-failure.ts";
import { readTargetArn } from "./target-kind.ts";

/** AWS gives an endpoint this long: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html */
const TIMEOUT_MS = 5000;
const WORTH_A_RETRY = new Set([401, 407, 409, 429]);

/** Calls an API destination's endpoint with the input as its body and with what its connection adds. */
export async function sendToApi(events: Events, delivery: Delivery, input: string): Promise<void> {
  const { region, name } = readTargetArn(delivery.target.Arn!);
  const destination = events.destinations.get(keyOf({ region }, name.split("/")[1] ?? ""));
  const connection = destination && findConnection(events, region, destination.connectionArn);
  if (destination === undefined || connection === undefined)
    throw new TargetFailure("NO_RESOURCE", `${delivery.target.Arn} does not exist.`, { isFinal: true });
  const asked = { SecretId: connection.secretArn };
  const { SecretString } = await events.cloud.call("secrets-manager", "GetSecretValue", asked, inRegion(region));
  const secret = JSON.parse(SecretString ?? "{}") as ConnectionSecret;
  const token =
    connection.authorizationType === "OAUTH_CLIENT_CREDENTIALS"
      ? await fetchToken(events, connection.secretArn, secret)
      : undefined;
  const { url, ...request } = buildApiRequest(destination, delivery.target.HttpParameters, secret, token, input);
  const response = await callOut(url, request);
  await response.body?.cancel();
  if (response.ok) return;
  if (response.status === 401) forgetToken(events, connection.secretArn);
  throw failureOf(destination.endpoint, response);
}

/** Calls an endpoint; what keeps it from answering is a failure worth a retry. */
export async function callOut(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const why = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
    throw new TargetFailure(isLate ? "TIMEOUT" : "CONNECTION_FAILURE", `${new URL(url).origin}: ${why}`);
  }
}

function failureOf(endpoint: string, response: Response): TargetFailure {
  const isFinal = response.status < 500 && !WORTH_A_RETRY.has(response.status);
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new TargetFailure("ERROR_FROM_TARGET", `${new URL(endpoint).origin} answered ${response.status}.`, {
    isFinal,
    ...(seconds >= 0 && { retryAfterMs: seconds * 1000 }),
  });
}
