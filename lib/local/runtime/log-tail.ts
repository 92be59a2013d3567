const TAIL_BYTES = 4096;

/** Keeps the last 4 KB of a log, as `LogType: Tail` returns them. */
export class LogTail {
  #bytes: Buffer = Buffer.alloc(0);

  push(text: string): void {
    this.#bytes = Buffer.concat([this.#bytes, Buffer.from(text)]).subarray(-TAIL_BYTES);
  }

  bytes(): Buffer {
    return this.#bytes;
  }
}
