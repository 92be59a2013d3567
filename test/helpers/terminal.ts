import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";

/** A real terminal, in tmux. */
export interface Terminal {
  /** What is on the screen, without trailing blanks. */
  screen(): string;
  /** The same, with lines that the terminal has wrapped in one piece. */
  text(): string;
  /** The screen and what has scrolled away: a line each, without blanks at the ends. */
  lines(): string[];
  /** The screen with the escape sequences of its colours. */
  colored(): string;
  press(key: string): void;
  close(): void;
}

/** What runs, where, and how large the terminal is. */
export interface TerminalOptions {
  readonly folder: string;
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv;
  /** @default 80 */
  readonly columns?: number;
}

/** Without tmux there is nothing to drive: tests that need it are skipped. */
export const hasTmux = isInstalled();

const ROWS = 24;

/** Runs a command in a terminal of a size of its own. The terminal stays open when the command has ended. */
export function openTerminal(command: readonly string[], { folder, env, columns = 80 }: TerminalOptions): Terminal {
  const socket = `tidegate-${randomUUID()}`;
  const tmux = (...args: string[]) => execFileSync("tmux", ["-L", socket, ...args], { encoding: "utf8", env });
  const size = ["-x", String(columns), "-y", String(ROWS)];
  const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", folder, `${words}; echo "ended with $?"; cat`);
  return {
    screen: () => tmux("capture-pane", "-p").trimEnd(),
    text: () => tmux("capture-pane", "-p", "-J").trimEnd(),
    lines: () => {
      const text = tmux("capture-pane", "-p", "-S", "-200").trimEnd();
      return text.split("\n").map((line) => line.trimEnd());
    },
    colored: () => tmux("capture-pane", "-p", "-e").trimEnd(),
    press: (key) => void tmux("send-keys", key),
    close: () => void tmux("kill-server"),
  };
}

function isInstalled(): boolean {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
