import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionSpec } from "./function-spec.ts";
import { PYTHON_BOOTSTRAP } from "./python/bootstrap-source.ts";

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

/** How a process for this function is started, by its runtime, and by the wrapper script where there is one. */
export function launchCommandOf(spec: FunctionSpec): LaunchCommand {
  const command = commandOf(spec);
  const wrapper = spec.environment["AWS_LAMBDA_EXEC_WRAPPER"];
  if (wrapper === undefined || spec.runtime.startsWith("provided")) return command;
  return { ...command, file: localPath(spec, wrapper), args: [command.file, ...command.args] };
}

function commandOf(spec: FunctionSpec): LaunchCommand {
  if (spec.runtime.startsWith("nodejs")) return nodeCommand(spec);
  if (spec.runtime.startsWith("python"))
    return { file: "python3", args: ["-u", "-c", PYTHON_BOOTSTRAP], runtimeFolder: spec.codeFolder };
  const inLayer = spec.layersFolder && join(spec.layersFolder, "bootstrap");
  const inCode = join(spec.codeFolder, "bootstrap");
  const file = inLayer !== undefined && !existsSync(inCode) && existsSync(inLayer) ? inLayer : inCode;
  return { file, args: [], runtimeFolder: spec.codeFolder };
}

function nodeCommand(spec: FunctionSpec): LaunchCommand {
  const args = [
    ...(spec.inspectPort === undefined ? [] : ["--inspect=127.0.0.1:0"]),
    `--max-old-space-size=${Math.floor(spec.memoryMb * HEAP_SHARE)}`,
    ...(extension === ".ts" ? ["--disable-warning=ExperimentalWarning"] : []),
    join(nodeFolder, `bootstrap${extension}`),
  ];
  return { file: process.execPath, args, runtimeFolder: nodeFolder };
}

/** Scripts name themselves by their places on AWS. */
function localPath(spec: FunctionSpec, path: string): string {
  if (path.startsWith("/var/task/")) return join(spec.codeFolder, path.slice("/var/task/".length));
  if (path.startsWith("/opt/") && spec.layersFolder !== undefined)
    return join(spec.layersFolder, path.slice("/opt/".length));
  return path;
}
