import { existsSync, statSync } from "node:fs";
import { extname, join } from "node:path";

/** How an app is run. */
export type AppCommand =
  /** A script for Node.js: bundled, and run in one process. */
  | { readonly kind: "script"; readonly entry: string; readonly arguments: readonly string[] }
  /** A program and its arguments. */
  | { readonly kind: "program"; readonly program: string; readonly arguments: readonly string[] }
  /** What only a shell understands: `app` is a shell's line by the CDK's contract. */
  | { readonly kind: "shell"; readonly line: string };

const RUNNERS = new Set(["node", "ts-node", "ts-node-esm", "tsx"]);
/** Flags of the runners that say how TypeScript is compiled, which is esbuild's business here. */
const COMPILER_FLAGS = new Set([
  "--enable-source-maps",
  "--esm",
  "--experimental-strip-types",
  "--no-warnings",
  "--prefer-ts-exts",
  "--swc",
  "--transpile-only",
  "--transpileOnly",
  "-T",
]);
const SCRIPT_EXTENSIONS = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"]);
const PLAIN_WORD = /^[\w@%+:,./-]+$/;

/**
 * Understands `app` of `cdk.json`. `node x.ts`, `tsx x.ts` and `ts-node x.ts`, with or without `npx`, are scripts; any
 * other plain words a program; the rest is left to a shell.
 */
export function parseAppCommand(app: string, projectFolder: string): AppCommand {
  const words = app.trim().split(/\s+/);
  if (!words.every((word) => PLAIN_WORD.test(word))) return { kind: "shell", line: app };
  const [program = "", ...rest] = words;
  if (rest.length === 0 && isScript(program, projectFolder)) return script(program, [], projectFolder);
  const [runner, ...operands] = program === "npx" ? withoutFlags(rest, new Set(["-y", "--yes"])) : words;
  if (runner !== undefined && RUNNERS.has(runner)) {
    const [entry, ...given] = withoutFlags(operands, COMPILER_FLAGS);
    if (entry !== undefined && isScript(entry, projectFolder)) return script(entry, given, projectFolder);
  }
  return { kind: "program", program, arguments: rest };
}

function script(entry: string, given: readonly string[], projectFolder: string): AppCommand {
  return { kind: "script", entry: join(projectFolder, entry), arguments: given };
}

function withoutFlags(words: readonly string[], flags: ReadonlySet<string>): readonly string[] {
  const first = words.findIndex((word) => !flags.has(word));
  return first === -1 ? [] : words.slice(first);
}

function isScript(word: string, projectFolder: string): boolean {
  const path = join(projectFolder, word);
  return SCRIPT_EXTENSIONS.has(extname(word)) && existsSync(path) && statSync(path).isFile();
}
