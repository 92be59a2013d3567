import type { IncomingMessage } from "node:http";
import type { Invocation } from "./function-spec.ts";
import { functionError } from "./function-failure.ts";

/** The most that a buffered answer may hold: 6 MB and AWS's overhead. */
const LARGEST_RESPONSE_BYTES = 6_291_556;
/** The most that a streamed answer may hold. */
const LARGEST_STREAM_BYTES = 200 * 1024 * 1024;

/** What the runtime posted as its answer. */
export interface PostedResponse {
  readonly status: "success" | "error";
  readonly payload: Buffer;
  readonly contentType: string;
  readonly errorType?: string;
}

/** Reads the answer, passing it on piece by piece where the caller streams it. */
export async function readResponse(body: IncomingMessage, onChunk: Invocation["onChunk"]): Promise<PostedResponse> {
  const contentType = body.headers["content-type"] ?? "application/octet-stream";
  const streamed = body.headers["lambda-runtime-function-response-mode"] === "streaming";
  const limit = streamed && onChunk ? LARGEST_STREAM_BYTES : LARGEST_RESPONSE_BYTES;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) continue;
    if (onChunk) await onChunk(chunk, contentType);
    else chunks.push(chunk);
  }
  if (size > limit) {
    const text = `Response payload size exceeded maximum allowed payload size (${limit} bytes).`;
    return { status: "error", contentType, ...functionError("Function.ResponseSizeTooLarge", text) };
  }
  const errorType = body.trailers["lambda-runtime-function-error-type"];
  if (errorType === undefined) return { status: "success", payload: Buffer.concat(chunks), contentType };
  const encoded = body.trailers["lambda-runtime-function-error-body"] ?? "";
  return { status: "error", payload: Buffer.from(encoded, "base64"), contentType, errorType };
}
