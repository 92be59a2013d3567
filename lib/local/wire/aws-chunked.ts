import { Transform, type TransformCallback } from "node:stream";
import { AwsError } from "../aws-error.ts";

const LONGEST_LINE_BYTES = 16 * 1024;

/**
 * Takes `aws-chunked` framing off a body: chunks of `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n`, a last chunk of
 * size 0, then trailers, each a line. Signatures are not verified, lengths are.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export class AwsChunkedDecoder extends Transform {
  /** Checksums that came after the body, by lower-case header name; complete once the stream has ended. */
  readonly trailers: Record<string, string> = {};
  readonly #expectedBytes: number | undefined;
  #state: "size" | "data" | "data-end" | "trailer" | "done" = "size";
  #line: Buffer = Buffer.alloc(0);
  #remaining = 0;
  #decodedBytes = 0;

  /** `expectedBytes` is what `x-amz-decoded-content-length` says. */
  constructor(expectedBytes?: number) {
    super();
    this.#expectedBytes = expectedBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#consume(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    // The line end after the last trailer is left out by some clients.
    if (this.#state === "trailer" && this.#line.length > 0) this.#readTrailer(this.#line.toString("latin1"));
    const whole = this.#state === "trailer" || this.#state === "done";
    const rightLength = this.#expectedBytes === undefined || this.#expectedBytes === this.#decodedBytes;
    done(whole && rightLength ? null : incompleteBody());
  }

  #consume(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length) {
      if (this.#state === "done") return;
      if (this.#state === "data") {
        const piece = chunk.subarray(position, position + this.#remaining);
        position += piece.length;
        this.#takeData(piece);
        continue;
      }
      const end = chunk.indexOf(0x0a, position);
      const piece = chunk.subarray(position, end === -1 ? chunk.length : end);
      this.#line = this.#line.length === 0 ? piece : Buffer.concat([this.#line, piece]);
      if (this.#line.length > LONGEST_LINE_BYTES) throw incompleteBody();
      if (end === -1) {
        this.#line = Buffer.from(this.#line);
        return;
      }
      position = end + 1;
      const line = this.#line.toString("latin1").replace(/\r$/, "");
      this.#line = Buffer.alloc(0);
      this.#readLine(line);
    }
  }

  #takeData(piece: Buffer): void {
    this.push(piece);
    this.#decodedBytes += piece.length;
    this.#remaining -= piece.length;
    if (this.#remaining === 0) this.#state = "data-end";
  }

  #readLine(line: string): void {
    if (this.#state === "size") {
      const [, size] = /^([0-9a-fA-F]{1,12})(?:;.*)?$/.exec(line) ?? [];
      if (size === undefined) throw incompleteBody();
      this.#remaining = Number.parseInt(size, 16);
      this.#state = this.#remaining === 0 ? "trailer" : "data";
    } else if (this.#state === "data-end") {
      if (line !== "") throw incompleteBody();
      this.#state = "size";
    } else if (line === "") {
      this.#state = "done";
    } else {
      this.#readTrailer(line);
    }
  }

  #readTrailer(line: string): void {
    const colon = line.indexOf(":");
    if (colon > 0) this.trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
}

function incompleteBody(): AwsError {
  return new AwsError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  );
}
