import { styleText } from "node:util";
import { AbortError } from "../../errors.ts";
import type { IoHost, Message, MessageLevel } from "../../io/message.ts";
import { redact } from "../../util/redact.ts";
import type { DevScreen } from "./dev-screen.ts";
import { OpenProblems } from "./open-problems.ts";

/** How a dev session is shown. */
export interface DevHostOptions {
  /** One JSON object a line instead of words. */
  readonly json: boolean;
  readonly isVerbose: boolean;
  readonly write: (line: string) => void;
  /** A terminal, on which problems stay until they are fixed. @default - lines one after the other */
  readonly screen?: DevScreen;
}

const STYLE: Readonly<Record<MessageLevel, Parameters<typeof styleText>[0] | undefined>> = {
  error: "red",
  warn: "yellow",
  info: undefined,
  debug: "dim",
};
const KEYS = "r redeploy · t tests · o open · l clear · q quit";
/** For a screen that is too narrow for the others. */
const SHORT_KEYS = "r deploy t test o open l clear q quit";

/** Shows a dev session on standard output: its events are its result. */
export class DevHost implements IoHost {
  readonly #options: DevHostOptions;
  readonly #problems = new OpenProblems();

  constructor(options: DevHostOptions) {
    this.#options = options;
  }

  notify(message: Message): void {
    const { json, write, screen, isVerbose } = this.#options;
    const { code, level, text, data } = message;
    if (level === "debug" && !isVerbose) return;
    const shown = redact(text);
    if (json) return write(JSON.stringify({ time: new Date().toISOString(), code, level, text: shown, data }));
    const stays = this.#problems.observe({ ...message, text: shown });
    if (screen === undefined) return write(styled(level, shown));
    if (!stays) screen.print(styled(level, shown));
    this.showFooter();
  }

  /** Draws the problems and the keys. */
  showFooter(): void {
    const { screen } = this.#options;
    if (screen === undefined) return;
    const most = screen.footerRows - 1;
    const keys = screen.columns > KEYS.length ? KEYS : SHORT_KEYS;
    const lines = this.#problems.lines();
    const cut = lines.length > most ? [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines`] : lines;
    screen.setFooter([...cut.map((line) => styled("error", line)), styled("debug", keys)]);
  }

  ask({ text }: { readonly text: string }): Promise<boolean> {
    throw new AbortError("ApprovalNeeded", `${text} A dev session answers no questions.`, {
      fix: "Run `tidegate deploy` once.",
    });
  }

  /** For work in the background: its warnings and errors alone are shown, and everything with `--verbose`. */
  inBackground(): IoHost {
    return {
      notify: (message) => this.notify(message.level === "info" ? { ...message, level: "debug" } : message),
      ask: (question) => this.ask(question),
    };
  }
}

function styled(level: MessageLevel, text: string): string {
  const style = STYLE[level];
  return style === undefined ? text : styleText(style, text, { stream: process.stdout });
}
