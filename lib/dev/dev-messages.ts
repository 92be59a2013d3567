import { relative } from "node:path";
import type { BuildProblem } from "../bundle/incremental-bundle.ts";
import { TidegateError } from "../errors.ts";
import type { Message } from "../io/message.ts";
import type { DevFunction } from "./dev-functions.ts";

/** A version of a function that a save brought live. */
export interface LiveFunction {
  readonly fn: DevFunction;
  readonly version: string;
}

/** Most names in one line; the rest is counted. */
const MAX_NAMES = 5;

/** Files of a project as people call them. */
export function namesOfFiles(paths: ReadonlySet<string>, projectFolder: string): string[] {
  return [...paths].map((path) => relative(projectFolder, path)).toSorted();
}

/** A save that is live. `durationMs` counts from the first change of a file to the last alias. */
export function liveMessage(files: readonly string[], live: readonly LiveFunction[], durationMs: number): Message {
  const functions = live.map(({ fn, version }) => ({ name: fn.name, path: fn.alias.path, version }));
  const names = listed(functions.map(({ name }) => name));
  const data = { files, functions, durationMs };
  return { code: "DevLive", level: "info", text: `${listed(files)} → ${names}: live in ${durationMs} ms`, data };
}

/** A build that failed: the last good version keeps serving. */
export function buildFailedMessage(fn: DevFunction, problems: readonly BuildProblem[]): Message {
  const frames = problems.map(({ frame }) => frame).join("\n");
  const text = `${fn.name} was not built; its last good version keeps serving.\n${frames}`;
  return { code: "DevBuildFailed", level: "error", text, data: { name: fn.name, path: fn.alias.path, problems } };
}

/** A deploy, or a save, that failed or was refused. */
export function failureMessage(code: string, what: string, error: unknown): Message {
  const reason = error instanceof Error ? error.message : String(error);
  const fix = error instanceof TidegateError && error.fix !== undefined ? `\n  → ${error.fix}` : "";
  const cause = error instanceof TidegateError ? error.code : "Unexpected";
  return { code, level: "error", text: `${what}\n${reason}${fix}`, data: { error: { code: cause, message: reason } } };
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return more <= 0 ? names.join(", ") : `${names.slice(0, MAX_NAMES).join(", ")} and ${more} more`;
}
