import { spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** Resolves once standard error has shown the words. */
  saw(words: RegExp): Promise<void>;
  /** Resolves with all of standard output, once it has shown the words. */
  printed(words: RegExp): Promise<string>;
}

/** A project folder of a test's own, in which the compiled command runs as a user would run it. */
export interface TestProject {
  readonly folder: string;
  /** The compiled command's file. */
  readonly command: string;
  /** What every command gets. */
  readonly environment: NodeJS.ProcessEnv;
  tidegate(...args: string[]): Promise<CommandResult>;
  /** The document of `--json`. */
  json<T = Record<string, unknown>>(...args: string[]): Promise<T & { exitCode?: number }>;
  start(...args: string[]): RunningCommand;
  /** Runs any program in the folder. */
  run(program: string, args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<CommandResult>;
  edit(path: string, change: (text: string) => string): void;
  write(path: string, text: string): void;
  /** Stops the project's local cloud and removes the folder. */
  remove(): Promise<void>;
}

/** Copies the repository's example into a folder of its own, as a project that has the package installed. */
export function exampleProject(environment: NodeJS.ProcessEnv = {}): TestProject {
  const project = emptyProject(environment);
  for (const path of ["cdk.json", "bin/app.ts", "functions"]) copy(path, project.folder);
  project.edit("bin/app.ts", (text) => text.replace("../lib/index.ts", "tidegate"));
  return project;
}

/** A folder in which the package is installed, as links to this repository, and nothing else is. */
export function emptyProject(environment: NodeJS.ProcessEnv = {}): TestProject {
  const project = bareProject(environment);
  linkModules(project.folder);
  return project;
}

/** A folder with a `package.json` and nothing installed. */
export function bareProject(extra: NodeJS.ProcessEnv = {}): TestProject {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-project-"));
  writeFileSync(join(folder, "package.json"), '{ "name": "todo", "private": true, "type": "module" }\n');
  const environment = { ...cleanEnvironment(folder), ...extra };
  const command = join(root, "dist/bin/tidegate.js");
  const start = (program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    startCommand(program, args, folder, { ...environment, ...more });
  const tidegate = (...args: string[]) => start(process.execPath, [command, ...args]);
  return {
    folder,
    command,
    environment,
    start: tidegate,
    tidegate: (...args) => tidegate(...args).ended,
    run: (program, args, more) => start(program, args, more).ended,
    async json<T>(...args: string[]) {
      const { stdout, stderr } = await tidegate(...args, "--json").ended;
      try {
        return JSON.parse(stdout) as T & { exitCode?: number };
      } catch {
        throw new Error(`no document on standard output:\n${stdout}\n${stderr}`);
      }
    },
    edit(path, change) {
      const file = join(folder, path);
      writeFileSync(file, change(readFileSync(file, "utf8")));
    },
    write(path, text) {
      writeFileSync(join(folder, path), text);
    },
    async remove() {
      await tidegate("local", "stop").ended;
      // One that was started before the folder had a `cdk.json` is the user's own.
      if (existsSync(join(folder, ".local/state/tidegate/local/lock.json")))
        await startCommand(process.execPath, [command, "local", "stop"], tmpdir(), environment).ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function linkModules(folder: string): void {
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  symlinkSync(root, join(folder, "node_modules/tidegate"));
}

function copy(path: string, folder: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  cpSync(join(root, path), join(folder, path), { recursive: true });
}

/** Nothing of the machine but its programs; a free port for the local cloud. */
function cleanEnvironment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: folder,
    TMPDIR: process.env["TMPDIR"],
    LANG: "C.UTF-8",
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
    TIDEGATE_LOCAL_PORT: "0",
    TIDEGATE_ACTOR: "tester",
  };
}

/** Starts a program. `detached` makes it the leader of a process group, which a signal can reach as a whole. */
export function startCommand(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  { detached = false }: { readonly detached?: boolean } = {},
): RunningCommand {
  const child = spawn(program, args, { cwd, env, detached, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
      for (const look of watchers) look();
    });
  }
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, ...text }));
  });
  const seen = (name: "stdout" | "stderr", words: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!words.test(text[name])) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      void ended.then(() => reject(new Error(`ended without saying ${words}:\n${text.stdout}\n${text.stderr}`)));
      look();
    });
  const saw = (words: RegExp) => seen("stderr", words);
  const printed = async (words: RegExp) => {
    await seen("stdout", words);
    return text.stdout;
  };
  return { process: child, ended, saw, printed };
}
