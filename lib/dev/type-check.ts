import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, setPriority } from "node:os";
import { dirname, join } from "node:path";
import type { IoHost } from "../io/message.ts";

/** An error of the TypeScript compiler. */
export interface TypeProblem {
  /** Relative to the project's folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** For example `TS2322: Type 'string' is not assignable to type 'number'.` */
  readonly text: string;
}

const ERROR_LINE = /^(.+?)\((\d+),(\d+)\): error (TS\d+: .*)$/;
/** A check is for the last of several saves. */
const QUIET_MS = 300;
const MOST_SHOWN = 10;

/** Checks a project's types beside the saves: with the project's own compiler, in a process of low priority. */
export class TypeCheck {
  readonly #projectFolder: string;
  readonly #host: IoHost;
  readonly #compiler: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: ChildProcess | undefined;
  #hasErrors = false;

  /** Without a `tsconfig.json` and a compiler in the project nothing is checked. */
  constructor(projectFolder: string, host: IoHost) {
    this.#projectFolder = projectFolder;
    this.#host = host;
    this.#compiler = existsSync(join(projectFolder, "tsconfig.json")) ? tryFindCompiler(projectFolder) : undefined;
  }

  /** Checks soon. A check that is under way is of older files, and ends. */
  request(): void {
    if (this.#compiler === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), QUIET_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    killAll(this.#running);
    this.#running = undefined;
  }

  #start(): void {
    if (this.#compiler === undefined) return;
    killAll(this.#running);
    const state = join(this.#projectFolder, ".tidegate", "cache", "types.tsbuildinfo");
    const flags = ["--noEmit", "--pretty", "false", "--incremental", "--tsBuildInfoFile", state];
    const child = spawn(process.execPath, [this.#compiler, ...flags], {
      cwd: this.#projectFolder,
      stdio: ["ignore", "pipe", "ignore"],
      // A group of its own: the compiler of TypeScript 7 is a program that `bin/tsc` starts, and lives on without it.
      detached: process.platform !== "win32",
    });
    this.#running = child;
    lowerPriority(child.pid);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    child.on("error", () => undefined);
    child.on("close", (exitCode) => {
      if (this.#running !== child) return;
      this.#running = undefined;
      if (exitCode !== null) this.#report(readTypeProblems(output));
    });
  }

  #report(problems: readonly TypeProblem[]): void {
    if (problems.length > 0) {
      const shown = problems
        .slice(0, MOST_SHOWN)
        .map(({ file, line, column, text }) => `${file}:${line}:${column} ${text}`);
      const more = problems.length - shown.length;
      const text = [`The types have ${problems.length} errors; what is live is not affected.`, ...shown];
      if (more > 0) text.push(`… and ${more} more`);
      this.#host.notify({ code: "DevTypeErrors", level: "warn", text: text.join("\n"), data: { problems } });
    } else if (this.#hasErrors) {
      this.#host.notify({ code: "DevTypesRight", level: "info", text: "The types are right again." });
    }
    this.#hasErrors = problems.length > 0;
  }
}

/** The errors in what the compiler printed without `--pretty`. */
export function readTypeProblems(output: string): TypeProblem[] {
  return output.split(/\r?\n/).flatMap((one) => {
    const [, file, line, column, text] = ERROR_LINE.exec(one) ?? [];
    if (file === undefined || text === undefined) return [];
    return [{ file, line: Number(line), column: Number(column), text }];
  });
}

function tryFindCompiler(projectFolder: string): string | undefined {
  try {
    const manifest = createRequire(join(projectFolder, "package.json")).resolve("typescript/package.json");
    const compiler = join(dirname(manifest), "bin", "tsc");
    return existsSync(compiler) ? compiler : undefined;
  } catch {
    return undefined;
  }
}

/** Ends a compiler and what it has started. */
function killAll(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill();
    else process.kill(-child.pid);
  } catch {
    // It has ended already.
  }
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It may have ended already.
  }
}
