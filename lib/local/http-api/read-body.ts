import type { IncomingMessage } from "node:http";
import { failure } from "./gateway-answer.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html: payload size, 10 MB. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** The whole body of a request; refuses with 413 as soon as it is known to be too large. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  refuseDeclaredSize(message);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(message)) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw failure(413);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

/** A message without an encoding is read as buffers. */
function chunksOf(message: IncomingMessage): AsyncIterable<Buffer> {
  return message;
}

/** Refuses with 413 where the headers announce a body that is too large. */
export function refuseDeclaredSize(message: IncomingMessage): void {
  if (Number(message.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw failure(413);
}
