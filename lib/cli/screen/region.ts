import { fitLine } from "./fit-line.ts";

/** Lines at the end of a terminal that are drawn again and again, while others are written above them. */
export class Region {
  #drawn = 0;

  /**
   * The sequence that puts `lines` in place of those that are drawn, below `above`: whole lines that stay, or nothing.
   * Lines that are longer than the terminal is wide are cut.
   */
  replaced(lines: readonly string[], columns: number, above = ""): string {
    const erased = this.erased();
    this.#drawn = lines.length;
    return `${erased}${above}${lines.map((line) => `${fitLine(line, columns)}\n`).join("")}`;
  }

  /** The sequence that removes the lines, and leaves the cursor where they began. */
  erased(): string {
    const sequence = this.#drawn === 0 ? "" : `\u001B[${this.#drawn}A\u001B[0J`;
    this.#drawn = 0;
    return sequence;
  }
}
