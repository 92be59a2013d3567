import type { Readable } from "node:stream";

/** What is sent to the client: header names in lower case, several of one name one after the other. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | Readable | undefined;
}

const MESSAGES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** A step of the gateway that ends the request with an answer of the gateway's own. */
export class GatewayFailure extends Error {
  readonly answer: GatewayAnswer;

  constructor(answer: GatewayAnswer, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "GatewayFailure";
    this.answer = answer;
  }
}

/** The gateway's own answer for a status, as HTTP APIs give it: `{"message":"Not Found"}`. */
export function failure(
  status: keyof typeof MESSAGES,
  options: { headers?: readonly (readonly [string, string])[]; cause?: unknown } = {},
): GatewayFailure {
  const message = MESSAGES[status] ?? "Internal Server Error";
  const headers = [["content-type", "application/json"] as const, ...(options.headers ?? [])];
  return new GatewayFailure(
    { status, headers, body: Buffer.from(JSON.stringify({ message })) },
    message,
    options.cause,
  );
}
