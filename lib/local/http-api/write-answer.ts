import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { failure, type GatewayAnswer } from "./gateway-answer.ts";

const WITHOUT_BODY = new Set([204, 304]);

/** Sends the answer and says how many bytes of body went out. */
export async function writeAnswer(
  message: IncomingMessage,
  response: ServerResponse,
  answer: GatewayAnswer,
): Promise<number> {
  const sendable = withValidHeaders(response, answer);
  const bodyless = message.method === "HEAD" || WITHOUT_BODY.has(sendable.status);
  if (sendable.body instanceof Readable) return stream(response, sendable.status, sendable.body, bodyless);
  const body = sendable.body ?? new Uint8Array();
  if (!WITHOUT_BODY.has(sendable.status)) response.setHeader("content-length", body.byteLength);
  response.writeHead(sendable.status);
  response.end(bodyless ? undefined : body);
  // A request whose body was never read must not hold the connection.
  if (!message.readableEnded) message.resume();
  return bodyless ? 0 : body.byteLength;
}

/** A header that HTTP does not allow makes the answer an Internal Server Error, as at AWS. */
function withValidHeaders(response: ServerResponse, answer: GatewayAnswer): GatewayAnswer {
  try {
    for (const [name, value] of answer.headers) response.appendHeader(name, value);
    return answer;
  } catch {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    const failed = failure(500).answer;
    for (const [name, value] of failed.headers) response.setHeader(name, value);
    return failed;
  }
}

async function stream(response: ServerResponse, status: number, body: Readable, bodyless: boolean): Promise<number> {
  response.writeHead(status);
  if (bodyless) {
    body.resume();
    response.end();
    return 0;
  }
  let bytes = 0;
  body.on("data", (chunk: Buffer) => (bytes += chunk.length));
  // The backend or the client went away half-way: there is no answer left to give.
  await pipeline(body, response).catch(() => response.destroy());
  return bytes;
}
