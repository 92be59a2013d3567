/** No log event is longer than this (CloudWatch Logs' limit); the rest of it becomes further events. */
const LONGEST_EVENT_BYTES = 256 * 1024;

const FRAME_HEADER_BYTES = 16;
const FRAME_TYPE_PREFIX = 0xa55a;

/** Cuts a stream of bytes into lines and holds at most one line back. */
export class LineSplitter {
  readonly #emit: (line: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = bytes.indexOf(10);
      if (end < 0 && bytes.length < LONGEST_EVENT_BYTES) break;
      const cut = end < 0 || end > LONGEST_EVENT_BYTES ? LONGEST_EVENT_BYTES : end + 1;
      this.#emit(bytes.subarray(0, cut).toString());
      bytes = bytes.subarray(cut);
    }
    this.#rest = bytes;
  }

  /** Emits what is left without a line's end. */
  flush(): void {
    if (this.#rest.length > 0) this.#emit(this.#rest.toString());
    this.#rest = Buffer.alloc(0);
  }
}

/** Reads the framed events of the telemetry pipe: type, length, time, text. Anything else is taken as plain lines. */
export class FrameReader {
  readonly #emit: (message: string) => void;
  readonly #lines: LineSplitter;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of an overlong event that are yet to be dropped. */
  #skip = 0;

  constructor(emit: (message: string) => void) {
    this.#emit = emit;
    this.#lines = new LineSplitter(emit);
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let taken = this.#take(bytes); taken > 0; taken = this.#take(bytes)) bytes = bytes.subarray(taken);
    this.#rest = bytes;
  }

  /** Takes one event from the front, and says how many bytes it used; 0 when it is not whole yet. */
  #take(bytes: Buffer): number {
    if (this.#skip > 0) {
      const dropped = Math.min(this.#skip, bytes.length);
      this.#skip -= dropped;
      return dropped;
    }
    if (bytes.length < FRAME_HEADER_BYTES) return 0;
    if (bytes.readUInt16BE(0) !== FRAME_TYPE_PREFIX) {
      this.#lines.push(bytes);
      return bytes.length;
    }
    const length = bytes.readUInt32BE(4);
    const kept = Math.min(length, LONGEST_EVENT_BYTES);
    if (bytes.length < FRAME_HEADER_BYTES + kept) return 0;
    this.#emit(bytes.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + kept).toString());
    this.#skip = length - kept;
    return FRAME_HEADER_BYTES + kept;
  }
}
