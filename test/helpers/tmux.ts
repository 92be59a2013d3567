import { execFileSync } from "node:child_process";

/** A real terminal of a size of its own, in which one command runs. */
export interface TmuxTerminal {
  /** What the terminal shows now, a line each, without spaces at the ends; scrolled lines come first. */
  screen(): string[];
  /** Types keys as tmux names them, for example `y` or `Enter`. */
  type(...keys: string[]): void;
  stop(): void;
}

/** What runs, where, and how large the terminal is. */
export interface TmuxOptions {
  readonly folder: string;
  readonly command: string;
  readonly columns: number;
  /** @default 24 */
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export const hasTmux = isInstalled();

let terminals = 0;

/** Starts a command in a terminal of tmux. The terminal stays when the command ends, and shows `ended <exit code>`. */
export function startTerminal({ folder, command, columns, rows = 24, env = {} }: TmuxOptions): TmuxTerminal {
  const socket = `tidegate-test-${process.pid}-${++terminals}`;
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], { encoding: "utf8" });
  // A terminal of a person: what runs the tests may be a CI job.
  const variables = Object.entries({ CI: "", NO_COLOR: "", ...env }).flatMap(([name, value]) => [
    "-e",
    `${name}=${value}`,
  ]);
  const size = ["-x", String(columns), "-y", String(rows)];
  tmux("new-session", "-d", ...size, ...variables, "-c", folder, `${command}; echo "ended $?"; sleep 600`);
  return {
    screen: () => {
      const text = tmux("capture-pane", "-p", "-S", "-200");
      return text
        .trimEnd()
        .split("\n")
        .map((line) => line.trimEnd());
    },
    type: (...keys) => void tmux("send-keys", ...keys),
    stop: () => void tmux("kill-server"),
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
