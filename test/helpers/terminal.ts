import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";

/** A real terminal, in tmux. */
export interface Terminal {
  /** What is on the screen, without trailing blanks. */
  screen(): string;
  /** The same, with lines that the terminal has wrapped in one piece. */
  text(): string;
  press(key: string): void;
  close(): void;
}

/** Runs a command in a terminal of a size of its own. The terminal stays open when the command has ended. */
export function openTerminal(
  command: readonly string[],
  { folder, env, columns = 80, rows = 24 }: { folder: string; env: NodeJS.ProcessEnv; columns?: number; rows?: number },
): Terminal {
  const socket = `tidegate-${randomUUID()}`;
  const tmux = (...args: string[]) => execFileSync("tmux", ["-L", socket, ...args], { encoding: "utf8", env });
  const size = ["-x", String(columns), "-y", String(rows)];
  const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", folder, `${words}; echo "ended with $?"; cat`);
  return {
    screen: () => tmux("capture-pane", "-p").trimEnd(),
    text: () => tmux("capture-pane", "-p", "-J").trimEnd(),
    press: (key) => void tmux("send-keys", key),
    close: () => void tmux("kill-server"),
  };
}
