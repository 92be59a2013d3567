import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { headersOf } from "./url-answer.ts";

const PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response";
const PRELUDE_END = Buffer.alloc(8);
const LONGEST_PRELUDE_BYTES = 64 * 1024;

/** Passes a streaming function's bytes on; status and headers come from the prelude, where there is one. */
export class StreamedAnswer {
  readonly #response: ServerResponse;
  readonly #cors: Record<string, string>;
  /** What came of the prelude so far; undefined once the headers are out. */
  #prelude: Buffer | undefined = Buffer.alloc(0);

  constructor(response: ServerResponse, cors: Record<string, string>) {
    this.#response = response;
    this.#cors = cors;
  }

  async write(chunk: Buffer, contentType: string): Promise<void> {
    const rest = this.#prelude === undefined ? chunk : this.#open(chunk, contentType);
    if (rest === undefined || rest.length === 0 || this.#response.destroyed) return;
    if (!this.#response.write(rest)) await Promise.race([once(this.#response, "drain"), once(this.#response, "close")]);
  }

  end(rest: Buffer, contentType: string): void {
    if (this.#prelude !== undefined) this.#start(200, { "content-type": contentType });
    this.#response.end(rest);
  }

  /** The function failed: 502 while there is still time, else the connection is cut. */
  fail(): void {
    if (this.#response.headersSent) return void this.#response.destroy();
    this.#response.writeHead(502, { "content-type": "application/json" }).end('{"Message":"Internal Server Error"}');
  }

  /** Returns the part of the chunk that is body, or undefined while the prelude continues. */
  #open(chunk: Buffer, contentType: string): Buffer | undefined {
    if (contentType !== PRELUDE_TYPE) {
      this.#start(200, { "content-type": contentType });
      return chunk;
    }
    const bytes = Buffer.concat([this.#prelude ?? Buffer.alloc(0), chunk]);
    const end = bytes.indexOf(PRELUDE_END);
    this.#prelude = bytes;
    if (end < 0 && bytes.length < LONGEST_PRELUDE_BYTES) return undefined;
    const prelude = JSON.parse(bytes.subarray(0, end).toString()) as { statusCode?: number };
    this.#start(prelude.statusCode ?? 200, headersOf(prelude));
    return bytes.subarray(end + PRELUDE_END.length);
  }

  #start(status: number, headers: Record<string, string | string[]>): void {
    this.#prelude = undefined;
    this.#response.writeHead(status, { ...headers, ...this.#cors });
    this.#response.flushHeaders();
  }
}
