import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";

/** A request as the protocols read it. */
export interface WireRequest {
  readonly method: string;
  /** As it came, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body's bytes: for operations that take a stream. */
  readonly stream: Readable;
  /** The whole body, decompressed. */
  bytes(): Promise<Uint8Array>;
}

/** An answer as the protocols write it. */
export interface WireReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array | string | Readable;
}
