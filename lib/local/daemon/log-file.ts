import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { escapeControls } from "../../util/escape-controls.ts";

const LARGEST_BYTES = 4 * 1024 * 1024;

/** The log file of a state folder. */
export function logPath(stateFolder: string): string {
  return join(stateFolder, "cloud.log");
}

/** A log of bounded size: when the file is full it becomes `….1`, and the previous one of that name is deleted. */
export class LogFile {
  readonly #path: string;
  readonly #largestBytes: number;
  #bytes: number;

  constructor(path: string, largestBytes = LARGEST_BYTES) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    this.#largestBytes = largestBytes;
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Adds a line, or several, with the machine's time. What cannot be written is lost: a log must not stop a cloud. */
  write(text: string): void {
    const line = `${new Date().toISOString()} ${text.split("\n").map(escapeControls).join("\n    ")}\n`;
    try {
      if (this.#bytes + line.length > this.#largestBytes) this.#turn();
      appendFileSync(this.#path, line);
      this.#bytes += Buffer.byteLength(line);
    } catch {
      // A full disk.
    }
  }

  #turn(): void {
    renameSync(this.#path, `${this.#path}.1`);
    this.#bytes = 0;
  }
}
