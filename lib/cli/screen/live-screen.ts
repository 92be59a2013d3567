import type { WriteStream } from "node:tty";
import type { Message } from "../../io/message.ts";
import { Region } from "./region.ts";
import { Boards, type Screen } from "./screen.ts";

const REDRAW_MS = 200;
/** Rows of the terminal that the region leaves free. */
const SPARE_ROWS = 2;

/** One region at the end of the terminal that shows what is under way; lines that stay are written above it. */
export class LiveScreen implements Screen {
  readonly #terminal: WriteStream;
  readonly #style: (text: string, message: Message) => string;
  readonly #boards = new Boards();
  #timer: NodeJS.Timeout | undefined;
  readonly #region = new Region();
  #isHeld = false;

  constructor(terminal: WriteStream, style: (text: string, message: Message) => string) {
    this.#terminal = terminal;
    this.#style = style;
    this.#timer = setInterval(() => this.#redraw(), REDRAW_MS).unref();
  }

  show(message: Message): void {
    const line = this.#boards.take(message, performance.now());
    this.#redraw(line === undefined ? "" : `${this.#style(line, message)}\n`);
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#terminal.write(this.#region.erased());
    this.#isHeld = true;
    try {
      return await work();
    } finally {
      this.#isHeld = false;
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#terminal.write(this.#region.erased());
  }

  #redraw(above = ""): void {
    if (this.#timer === undefined || this.#isHeld) {
      this.#terminal.write(above);
      return;
    }
    const rows = Math.max(1, this.#terminal.rows - SPARE_ROWS);
    const lines = this.#boards.drawn(performance.now()).slice(0, rows);
    this.#terminal.write(this.#region.replaced(lines, this.#terminal.columns, above));
  }
}
