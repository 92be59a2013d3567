import type { IncomingMessage } from "node:http";
import { failure } from "./gateway-answer.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html: payload size, 10 MB. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** The whole body of a request; refuses with 413 as soon as it is known to be too large. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  refuseDeclaredSize(message);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw failure(413);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

export function refuseDeclaredSize(message: IncomingMessage): void {
  if (Number(message.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw failure(413);
}
