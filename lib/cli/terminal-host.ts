import { styleText } from "node:util";
import type { IoHost, Message, MessageLevel, Question } from "../io/message.ts";
import { AbortError } from "../errors.ts";
import { redact } from "../util/redact.ts";
import { canDraw } from "./screen/choose-screen.ts";
import { LiveScreen } from "./screen/live-screen.ts";
import { PlainScreen } from "./screen/plain-screen.ts";
import type { Screen } from "./screen/screen.ts";

/** How much is shown, and how. */
export interface TerminalOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** `json`: one JSON object a line. `plain`: lines, also where progress could be drawn. @default - drawn on a terminal */
  readonly progress: "plain" | "json" | undefined;
  /** Every question is answered with yes. */
  readonly yes: boolean;
  readonly env: NodeJS.ProcessEnv;
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
  /** Absent where every message is a line: as JSON, or with all that there is to say. */
  readonly #screen: Screen | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
    if (options.progress === "json" || options.verbose || options.quiet) return;
    const isDrawn = options.progress === undefined && canDraw(process.stderr, options.env);
    this.#screen = isDrawn
      ? new LiveScreen(process.stderr, styled)
      : new PlainScreen((line, message) => write(message === undefined ? line : styled(line, message)));
  }

  notify(message: Message): void {
    if (!this.#isShown(message.level)) return;
    const { progress } = this.#options;
    if (progress === "json") {
      const { code, level, text, data } = message;
      return write(JSON.stringify({ time: new Date().toISOString(), code, level, text: redact(text), data }));
    }
    if (this.#screen === undefined) write(styled(message.text, message));
    else this.#screen.show(message);
  }

  async ask(question: Question): Promise<boolean> {
    if (this.#options.yes) return true;
    if (!process.stdin.isTTY || !process.stderr.isTTY || this.#options.progress === "json") {
      if (question.passesUnattended === true) return true;
      throw new AbortError("ApprovalNeeded", `${question.text} ${question.refusal}`, {
        fix: "There is no terminal for the prompt. To confirm, add --yes.",
      });
    }
    const { confirm, isCancel } = await import("@clack/prompts");
    const prompt = () => confirm({ message: question.text, initialValue: false, output: process.stderr });
    const answer = await (this.#screen === undefined ? prompt() : this.#screen.during(prompt));
    return !isCancel(answer) && answer;
  }

  /** Nothing is drawn afterwards: the result follows. */
  end(): void {
    this.#screen?.end();
  }

  #isShown(level: MessageLevel): boolean {
    if (level === "error" || level === "warn") return true;
    return level === "info" ? !this.#options.quiet : this.#options.verbose;
  }
}

function styled(text: string, { level }: Message): string {
  const style = STYLE[level];
  return style === undefined ? redact(text) : styleText(style, redact(text), { stream: process.stderr });
}

function write(line: string): void {
  process.stderr.write(`${line}\n`);
}
