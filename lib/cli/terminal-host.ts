import { styleText } from "node:util";
import type { IoHost, Message, MessageLevel, Question } from "../io/message.ts";
import { AbortError } from "../errors.ts";
import { redact } from "../util/redact.ts";

/** How much is shown, and how. */
export interface TerminalOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** One JSON object a line instead of words. */
  readonly ndjson: boolean;
  /** Every question is answered with yes. */
  readonly yes: boolean;
}

const STYLE: Readonly<Record<MessageLevel, Parameters<typeof styleText>[0] | undefined>> = {
  error: "red",
  warn: "yellow",
  info: undefined,
  debug: "dim",
};

/** Shows messages on standard error: standard output belongs to the result. */
export class TerminalHost implements IoHost {
  readonly #options: TerminalOptions;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  notify(message: Message): void {
    if (!this.#isShown(message.level)) return;
    if (this.#options.ndjson) {
      const { code, level, text, data } = message;
      return this.#write(JSON.stringify({ time: new Date().toISOString(), code, level, text: redact(text), data }));
    }
    const style = STYLE[message.level];
    this.#write(
      style === undefined ? redact(message.text) : styleText(style, redact(message.text), { stream: process.stderr }),
    );
  }

  async ask(question: Question): Promise<boolean> {
    if (this.#options.yes) return true;
    if (!process.stdin.isTTY || !process.stderr.isTTY || this.#options.ndjson) {
      if (question.passesUnattended === true) return true;
      throw new AbortError("ApprovalNeeded", `${question.text} ${question.refusal}`, {
        fix: "There is no terminal for the prompt. To confirm, add --yes.",
      });
    }
    const { confirm, isCancel } = await import("@clack/prompts");
    const answer = await confirm({ message: question.text, initialValue: false, output: process.stderr });
    return !isCancel(answer) && answer;
  }

  #isShown(level: MessageLevel): boolean {
    if (level === "error" || level === "warn") return true;
    return level === "info" ? !this.#options.quiet : this.#options.verbose;
  }

  #write(line: string): void {
    process.stderr.write(`${line}\n`);
  }
}
