import { Region } from "../screen/region.ts";

/** The part of a terminal that a screen needs. */
export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const CLEAR = "\u001B[2J\u001B[3J\u001B[H";
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** Lines that scroll, above a footer that stays. */
export class DevScreen {
  readonly #output: ScreenOutput;
  #footer: readonly string[] = [];
  readonly #region = new Region();

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
    this.#output.write(this.#region.replaced(this.#footer, this.columns, `${text}\n`));
  }

  /** Replaces the footer. Lines that are too long are cut. */
  setFooter(lines: readonly string[]): void {
    this.#footer = lines;
    this.#output.write(this.#region.replaced(lines, this.columns));
  }

  /** Removes all lines but the footer. */
  clear(): void {
    this.#output.write(this.#region.replaced(this.#footer, this.columns, CLEAR));
  }

  /** Removes the footer, and leaves the cursor at the start of a line. */
  close(): void {
    this.#output.write(this.#region.erased());
    this.#footer = [];
  }
}
