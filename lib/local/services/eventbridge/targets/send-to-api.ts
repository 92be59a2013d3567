import type { Delivery } from "../records.ts";
import { forgetToken } from "../../../http-connection/access-token.ts";
import { DeliveryFailure } from "../../../delivery/failure.ts";
import { readArn } from "../../../kit/arn.ts";
import { callOut } from "../../../http-connection/call-out.ts";
import { readCredentials } from "../../../http-connection/credentials.ts";
import { findConnection } from "../connections/connections.ts";
import { keyOf, type Events } from "../context.ts";
import { buildApiRequest } from "./api-request.ts";

/** AWS gives an endpoint this long: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html */
const TIMEOUT_MS = 5000;
const WORTH_A_RETRY = new Set([401, 407, 409, 429]);

/** Calls an API destination's endpoint with the input as its body and with what its connection adds. */
export async function sendToApi(events: Events, delivery: Delivery, input: string): Promise<void> {
  const { region, resource } = readArn(delivery.target.Arn ?? "");
  const destination = events.destinations.get(keyOf({ region }, resource.split("/")[1] ?? ""));
  const connection = destination && findConnection(events, region, destination.connectionArn);
  if (destination === undefined || connection === undefined)
    throw new DeliveryFailure("NO_RESOURCE", `${delivery.target.Arn} does not exist.`);
  const credentials = await readCredentials(events.cloud, region, connection);
  const { url, ...request } = buildApiRequest(destination, delivery.target.HttpParameters, credentials, input);
  const response = await callOut(url, request, TIMEOUT_MS);
  await response.body?.cancel();
  if (response.ok) return;
  if (response.status === 401) forgetToken(events.cloud, connection.secretArn);
  throw failureOf(destination.endpoint, response);
}

function failureOf(endpoint: string, response: Response): DeliveryFailure {
  const isFinal = response.status < 500 && !WORTH_A_RETRY.has(response.status);
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = seconds >= 0 ? seconds * 1000 : undefined;
  const message = `${new URL(endpoint).origin} answered ${response.status}.`;
  return new DeliveryFailure("ERROR_FROM_TARGET", message, isFinal ? "final" : "retryable", retryAfterMs);
}
