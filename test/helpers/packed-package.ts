import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CommandResult, type RunningCommand, startCommand } from "./project.ts";

const root = new URL("../..", import.meta.url).pathname;
/** What vitest and npm set for the processes below them, and what would choose a stage. */
const NOT_OF_A_USER =
  /^(?:VITEST|TEST$|NODE_ENV$|npm_(?:lifecycle|package|config_local|execpath|command)|AWS_|TIDEGATE_|DEV$|PROD$|MODE$)/;

/** A user's terminal: lines are run by a shell in a folder, with npm as this machine has it. */
export interface UserShell {
  readonly folder: string;
  /** The package as it is published. */
  readonly tarball: string;
  /** Runs a line as the user types it. Throws with all that it printed where it ends with another code. */
  type(line: string, exitCode?: number): Promise<CommandResult>;
  /** Starts a line that runs until Ctrl-C. */
  start(line: string): RunningCommand & { pressCtrlC(): void };
  remove(): void;
}

/** Packs the compiled package, and opens a shell in an empty folder. */
export async function openUserShell(): Promise<UserShell> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "tidegate-user-")));
  const folder = join(home, "todo");
  mkdirSync(folder);
  const environment = userEnvironment();
  const start = (line: string, isGroup = false, where = folder) =>
    startCommand("bash", ["-c", line], where, environment, { detached: isGroup });
  const packed = await start(`npm pack "${root}" --pack-destination "${home}" --ignore-scripts`, false, home).ended;
  const tarball = readdirSync(home).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(packed.stderr);
  return {
    folder,
    tarball: join(home, tarball),
    async type(line, exitCode = 0) {
      const result = await start(line).ended;
      if (result.exitCode === exitCode) return result;
      throw new Error(`$ ${line}\nended with ${result.exitCode}\n${result.stdout}\n${result.stderr}`);
    },
    start(line) {
      const running = start(line, true);
      const { pid = 0 } = running.process;
      // A terminal sends the signal to everything that the line has started.
      return { ...running, pressCtrlC: () => void process.kill(-pid, "SIGINT") };
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function userEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !NOT_OF_A_USER.test(name));
  return {
    ...Object.fromEntries(own),
    PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
    CI: "true",
    NO_COLOR: "1",
    TIDEGATE_LOCAL_PORT: "0",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
  };
}
