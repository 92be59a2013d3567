import { Writable } from "node:stream";
import { describeError } from "./describe-error.ts";
import type { RuntimeClient } from "./runtime-client.ts";

/** A handler as users write it: answers by promise, by value, by callback, or by a stream. */
export type Handler = (event: unknown, ...more: unknown[]) => unknown;

const MARK = Symbol.for("aws.lambda.runtime.handler.streaming");
const PRELUDE_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";

/** Gives user code the global `awslambda`, by which a handler says that it streams. */
export function offerStreaming(): void {
  const awslambda = {
    streamifyResponse: (handler: Handler, _options?: unknown) => Object.assign(handler, { [MARK]: "response" }),
    HttpResponseStream: {
      /** Puts status and headers before the body, as a function URL reads them. */
      from: (stream: ResponseStream, prelude: unknown) => {
        stream.setContentType(PRELUDE_CONTENT_TYPE);
        stream.write(JSON.stringify(prelude));
        stream.write(new Uint8Array(8));
        return stream;
      },
    },
  };
  Object.assign(globalThis, { awslambda });
}

/** Whether the handler went through `awslambda.streamifyResponse`. */
export function isStreaming(handler: Handler): boolean {
  return MARK in handler;
}

/** The stream that a streaming handler writes to. The response is opened by its first write. */
export class ResponseStream extends Writable {
  readonly #client: RuntimeClient;
  readonly #requestId: string;
  #contentType = "application/octet-stream";
  #response: ReturnType<RuntimeClient["respondInParts"]> | undefined;

  constructor(client: RuntimeClient, requestId: string) {
    super();
    this.#client = client;
    this.#requestId = requestId;
  }

  get started(): boolean {
    return this.#response !== undefined;
  }

  setContentType(contentType: string): void {
    this.#contentType = contentType;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#open().stream.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#open().stream.end(done);
  }

  /** Ends the response with an error after part of it went out. */
  async failWith(error: unknown): Promise<void> {
    const described = describeError(error);
    const { stream, sent } = this.#open();
    stream.addTrailers({
      "Lambda-Runtime-Function-Error-Type": described.errorType.replaceAll(/[^\x20-\x7e]/g, "?"),
      "Lambda-Runtime-Function-Error-Body": Buffer.from(JSON.stringify(described)).toString("base64"),
    });
    stream.end();
    await sent;
  }

  /** Resolves once the whole response is out; a stream that the handler did not end is ended. */
  async finished(): Promise<void> {
    if (!this.writableEnded) this.end();
    await this.#open().sent;
  }

  #open() {
    this.#response ??= this.#client.respondInParts(this.#requestId, this.#contentType);
    return this.#response;
  }
}
