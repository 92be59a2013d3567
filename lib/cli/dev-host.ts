import { styleText } from "node:util";
import type { IoHost, Message, MessageLevel } from "../io/message.ts";
import { AbortError } from "../errors.ts";
import { redact } from "../util/redact.ts";

/** How a dev session is shown. */
export interface DevHostOptions {
  /** One JSON object a line instead of words. */
  readonly json: boolean;
  readonly write: (line: string) => void;
}

const STYLE: Readonly<Record<MessageLevel, Parameters<typeof styleText>[0] | undefined>> = {
  error: "red",
  warn: "yellow",
  info: undefined,
  debug: "dim",
};

/** Shows a dev session as lines on standard output: its events are its result. */
export class DevHost implements IoHost {
  readonly #options: DevHostOptions;

  constructor(options: DevHostOptions) {
    this.#options = options;
  }

  notify({ code, level, text, data }: Message): void {
    const { json, write } = this.#options;
    if (level === "debug") return;
    const shown = redact(text);
    if (json) return write(JSON.stringify({ time: new Date().toISOString(), code, level, text: shown, data }));
    const style = STYLE[level];
    write(style === undefined ? shown : styleText(style, shown, { stream: process.stdout }));
  }

  ask({ text }: { readonly text: string }): Promise<boolean> {
    throw new AbortError("ApprovalNeeded", `${text} A dev session answers no questions.`, {
      fix: "Run `tidegate deploy` once.",
    });
  }

  /** For work in the background: its warnings and errors alone are shown. */
  inBackground(): IoHost {
    return {
      notify: (message) => (message.level === "info" ? undefined : this.notify(message)),
      ask: (question) => this.ask(question),
    };
  }
}
