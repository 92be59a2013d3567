import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "../account.ts";
import { type AppShape, STAGE, writeApp, writeShape } from "./acceptance-app.ts";

const root = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");

/** How a command ended. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  /** What `--json` printed; empty where the command was killed. */
  readonly document: Readonly<Record<string, unknown>>;
  /** The end of standard error. */
  readonly words: string;
}

/** A command under way. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard error matches. Rejects when the command ended without it. */
  saw(words: RegExp): Promise<void>;
}

/** A project folder in which the compiled command deploys the acceptance app. */
export class Stand {
  readonly #folder = mkdtempSync(join(tmpdir(), "tidegate-acceptance-"));
  readonly account: Account;

  constructor(account: Account) {
    this.account = account;
    writeApp(this.#folder, root, account.options);
  }

  /** Deploys a shape of the app and waits for the end. */
  deploy(shape: AppShape, ...flags: string[]): Promise<Ended> {
    return this.startDeploy(shape, ...flags).ended;
  }

  startDeploy(shape: AppShape, ...flags: string[]): Running {
    writeShape(this.#folder, shape);
    return this.start("deploy", "--yes", "--require-approval", "never", ...flags);
  }

  run(verb: string, ...flags: string[]): Promise<Ended> {
    return this.start(verb, ...flags).ended;
  }

  start(verb: string, ...flags: string[]): Running {
    const args = [join(root, "dist/bin/tidegate.js"), verb, "--stage", STAGE, "--json", ...flags];
    const child = spawn(process.execPath, args, { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] });
    return follow(child);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function follow(child: ChildProcess): Running {
  const text = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
      for (const look of watchers) look();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ exitCode, document: tryParse(text.stdout), words: text.stderr.slice(-2000) });
    });
  });
  const saw = (words: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (words.test(text.stderr)) resolve();
      };
      watchers.add(look);
      void ended.then(() => reject(new Error(`The command ended without ${words}:\n${text.stderr.slice(-2000)}`)));
      look();
    });
  return { process: child, ended, saw };
}

function tryParse(text: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === "object" && document !== null ? { ...document } : {};
  } catch {
    return {};
  }
}
