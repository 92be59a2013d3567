import type { Message } from "../../io/message.ts";
import { Boards, type Screen } from "./screen.ts";

/** After so long without a line, one says what is under way. Milliseconds. */
const SILENCE_MS = 15_000;

/** Lines that stay, for a log, a narrow terminal or a screen reader. */
export class PlainScreen implements Screen {
  readonly #write: (line: string, message?: Message) => void;
  readonly #boards = new Boards();
  readonly #timer: NodeJS.Timeout;
  #spokenMs = performance.now();

  /** `write` takes one or more lines without a trailing newline, and the message that they come from. */
  constructor(write: (line: string, message?: Message) => void) {
    this.#write = write;
    this.#timer = setInterval(() => this.#breakSilence(), 1000).unref();
  }

  show(message: Message): void {
    const line = this.#boards.take(message, performance.now());
    if (line !== undefined) this.#say(line, message);
  }

  during<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #breakSilence(): void {
    const nowMs = performance.now();
    if (nowMs - this.#spokenMs < SILENCE_MS) return;
    for (const line of this.#boards.lines(nowMs)) this.#say(line);
  }

  #say(line: string, message?: Message): void {
    this.#spokenMs = performance.now();
    this.#write(line, message);
  }
}
