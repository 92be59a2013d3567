import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionSpec } from "./function-spec.ts";

/** A program with its arguments; never a shell line. */
export interface LaunchCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Where the runtime's own files are. */
  readonly runtimeFolder: string;
}

/** AWS gives V8 about nine tenths of the function's memory. */
const HEAP_SHARE = 0.9;

const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const nodeFolder = fileURLToPath(new URL("./node", import.meta.url));

/** How a process for this function is started, by its runtime. */
export function launchCommandOf(spec: FunctionSpec): LaunchCommand {
  if (spec.runtime.startsWith("nodejs")) return nodeCommand(spec);
  return { file: join(spec.codeFolder, "bootstrap"), args: [], runtimeFolder: spec.codeFolder };
}

function nodeCommand(spec: FunctionSpec): LaunchCommand {
  const args = [
    `--max-old-space-size=${Math.floor(spec.memoryMb * HEAP_SHARE)}`,
    ...(extension === ".ts" ? ["--disable-warning=ExperimentalWarning"] : []),
    join(nodeFolder, `bootstrap${extension}`),
  ];
  return { file: process.execPath, args, runtimeFolder: nodeFolder };
}
