import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { AwsError } from "../aws-error.ts";
import { AwsChunkedDecoder } from "./aws-chunked.ts";
import { malformed } from "./malformed.ts";
import type { WireRequest } from "./wire-message.ts";

/** The longest body that is read into memory; object bodies are streamed and have no limit here. */
const LONGEST_BODY_BYTES = 128 * 1024 * 1024;

const gunzipAsync = promisify(gunzip);

/** Makes an HTTP request readable for the protocols. `url` is the parsed request target. */
export function readIncoming(message: IncomingMessage, url: URL): WireRequest {
  const chunked = isAwsChunked(message.headers);
  const headers = chunked ? withoutChunkedEncoding(message.headers) : message.headers;
  const stream: Readable = chunked ? unchunk(message) : message;
  let bytes: Promise<Uint8Array> | undefined;
  return {
    method: message.method ?? "GET",
    path: rawPath(message.url ?? "/"),
    query: url.searchParams,
    headers,
    stream,
    bytes: () => (bytes ??= readBytes(stream, headers)),
  };
}

/** The path as it came: `URL` would resolve `..` and empty segments, which are legal in object keys. */
function rawPath(target: string): string {
  const path = target.replace(/^https?:\/\/[^/]*/i, "").replace(/[?#].*$/s, "");
  return path.startsWith("/") ? path : `/${path}`;
}

function isAwsChunked(headers: IncomingHttpHeaders): boolean {
  const hash = headers["x-amz-content-sha256"];
  return String(hash).startsWith("STREAMING-") || /\baws-chunked\b/.test(headers["content-encoding"] ?? "");
}

function withoutChunkedEncoding(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { "content-encoding": encoding, ...rest } = headers;
  const left = (encoding ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "aws-chunked");
  const length = headers["x-amz-decoded-content-length"];
  return {
    ...rest,
    ...(left.length > 0 ? { "content-encoding": left.join(",") } : {}),
    ...(typeof length === "string" ? { "content-length": length } : {}),
  };
}

function unchunk(message: IncomingMessage): Readable {
  const length = message.headers["x-amz-decoded-content-length"];
  const decoder = new AwsChunkedDecoder(typeof length === "string" ? Number(length) : undefined);
  message.on("error", (error) => decoder.destroy(error));
  message.on("close", () => {
    if (!message.complete) decoder.destroy(new Error("The connection was closed before the body was complete."));
  });
  return message.pipe(decoder);
}

async function readBytes(stream: Readable, headers: IncomingHttpHeaders): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
  if (headers["content-encoding"] !== "gzip") return whole;
  return gunzipAsync(whole, { maxOutputLength: LONGEST_BODY_BYTES }).catch((cause: unknown) => {
    throw malformed(cause);
  });
}

function tooLarge(): AwsError {
  return new AwsError("RequestEntityTooLargeException", `Request must be smaller than ${LONGEST_BODY_BYTES} bytes`, {
    statusCode: 413,
  });
}
