import { stripVTControlCharacters } from "node:util";

/** The part of a terminal that a screen needs. */
export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const CLEAR = "\u001B[2J\u001B[3J\u001B[H";
const ERASE_BELOW = "\u001B[0J";
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** Lines that scroll, above a footer that stays. */
export class DevScreen {
  readonly #output: ScreenOutput;
  #footer: readonly string[] = [];
  #drawn = 0;

  constructor(output: ScreenOutput) {
    this.#output = output;
  }

  get columns(): number {
    return this.#output.columns ?? DEFAULT_COLUMNS;
  }

  /** Most lines that a footer may have: half of the screen. */
  get footerRows(): number {
    return Math.max(2, Math.floor((this.#output.rows ?? DEFAULT_ROWS) / 2));
  }

  /** Writes lines above the footer. */
  print(text: string): void {
    this.#output.write(`${this.#erased()}${text}\n${this.#drawnFooter()}`);
  }

  /** Replaces the footer. Lines that are too long are cut. */
  setFooter(lines: readonly string[]): void {
    const erased = this.#erased();
    this.#footer = lines;
    this.#output.write(`${erased}${this.#drawnFooter()}`);
  }

  /** Removes all lines but the footer. */
  clear(): void {
    this.#drawn = 0;
    this.#output.write(`${CLEAR}${this.#drawnFooter()}`);
  }

  /** Removes the footer, and leaves the cursor at the start of a line. */
  close(): void {
    this.#output.write(this.#erased());
    this.#footer = [];
  }

  #erased(): string {
    if (this.#drawn === 0) return "";
    const up = this.#drawn > 1 ? `\u001B[${this.#drawn - 1}A` : "";
    this.#drawn = 0;
    return `\r${up}${ERASE_BELOW}`;
  }

  #drawnFooter(): string {
    this.#drawn = this.#footer.length;
    return this.#footer.map((line) => this.#cut(line)).join("\n");
  }

  /** One column stays free: a terminal wraps a line that fills the last one. */
  #cut(line: string): string {
    const most = this.columns - 1;
    const plain = stripVTControlCharacters(line);
    return plain.length <= most ? line : `${plain.slice(0, most - 1)}…`;
  }
}
