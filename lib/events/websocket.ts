import { asText, SAMPLE } from "./sample.ts";

/** A connection or a message of a WebSocket API. */
export interface WebSocketInput {
  /** `$connect`, `$disconnect`, `$default`, or a route of the API. @default "$default" */
  readonly routeKey?: string;
  /** The message; sent as JSON where it is not text. */
  readonly body?: unknown;
  readonly connectionId?: string;
}

const TYPES: Readonly<Record<string, string>> = { $connect: "CONNECT", $disconnect: "DISCONNECT" };

/**
 * The event of a WebSocket API.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
export function webSocketEvent({
  routeKey = "$default",
  body,
  connectionId = "L0SM9cOFvHcCIhw=",
}: WebSocketInput = {}) {
  return {
    requestContext: {
      routeKey,
      ...(body === undefined ? {} : { messageId: "L0SM9dHFPHcCIhw=" }),
      eventType: TYPES[routeKey] ?? "MESSAGE",
      extendedRequestId: "L0SM9HtWvHcFmtg=",
      requestTime: "01/Jan/2026:12:00:00 +0000",
      messageDirection: "IN",
      stage: "prod",
      connectedAt: SAMPLE.timeMs - 60_000,
      requestTimeEpoch: SAMPLE.timeMs,
      identity: { sourceIp: "192.0.2.1" },
      requestId: "L0SM9HtWvHcFmtg=",
      domainName: `abcdefghij.execute-api.${SAMPLE.region}.amazonaws.com`,
      connectionId,
      apiId: "abcdefghij",
    },
    ...(body === undefined ? {} : { body: asText(body) }),
    isBase64Encoded: false,
  };
}
