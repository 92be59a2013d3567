import type { Message } from "../../io/message.ts";
import type { Progress } from "../../io/progress.ts";
import { HIDDEN_CODES } from "./hidden-codes.ts";
import { ReleaseBoard } from "./release-board.ts";
import { StackBoard } from "./stack-board.ts";

/** How messages and progress reach a person. */
export interface Screen {
  show(message: Message): void;
  /** Runs what needs the terminal for itself, such as a question. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Nothing is drawn afterwards. */
  end(): void;
}

/** What is seen of all progress, and the lines that stay. */
export class Boards {
  readonly #stacks = new StackBoard();
  readonly #release = new ReleaseBoard();

  /** The line of a message that stays on the screen; undefined where progress alone shows it. */
  take(message: Message, nowMs: number): string | undefined {
    const line = message.progress === undefined ? undefined : this.#see(message.progress, nowMs);
    if (line !== undefined) return line;
    if (message.level === "error" || message.level === "warn" || isFailure(message)) return message.text;
    return HIDDEN_CODES.has(message.code) ? undefined : message.text;
  }

  /** What is under way, for a log. */
  lines(nowMs: number): string[] {
    return [...this.#stacks.lines(nowMs), ...this.#release.lines(nowMs)];
  }

  /** What is under way, for a region that is drawn again and again. */
  drawn(nowMs: number): string[] {
    return [...this.#stacks.drawn(nowMs), ...this.#release.drawn(nowMs)];
  }

  #see(progress: Progress, nowMs: number): string | undefined {
    return progress.kind === "stack" ? this.#stacks.see(progress, nowMs) : this.#release.see(progress, nowMs);
  }
}

/** A resource that failed is shown at once, with its reason. */
function isFailure({ progress }: Message): boolean {
  return progress?.kind === "stack" && progress.resource !== undefined && progress.status.endsWith("_FAILED");
}
