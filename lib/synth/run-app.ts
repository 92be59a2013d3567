import type { Project, StageSettings } from "./project.ts";
import type { IoHost } from "../io/message.ts";
import { join } from "node:path";
import { type AppCommand, parseAppCommand } from "./app-command.ts";
import { appEnvironment } from "./app-environment.ts";
import { appFailure } from "./app-failure.ts";
import { tryBundleApp } from "./bundle-app.ts";
import { type Command, runCommand } from "./run-command.ts";

/** What is synthesised, and for which stage. */
export interface SynthesiseOptions {
  readonly project: Project;
  readonly stage: StageSettings;
  /** Absolute path of the assembly's folder. */
  readonly output: string;
  /** Context values of the command line. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly host: IoHost;
  readonly signal: AbortSignal;
}

/** Runs the app so that it writes its assembly into `output`. Throws a `UserError` where it fails. */
export async function runApp(
  { project, stage, context, host, signal }: SynthesiseOptions,
  output: string,
  more: Readonly<Record<string, string>>,
): Promise<void> {
  const { variables, dispose } = appEnvironment({ project, stage, output, context });
  try {
    const command = await appCommand(parseAppCommand(project.app, project.folder), project.folder);
    const environment = { ...process.env, ...command.environment, ...variables, ...more };
    const result = await runCommand({ ...command, folder: project.folder, environment }, host, signal);
    if (result.exitCode !== 0) throw appFailure(project.app, result, project.folder);
  } finally {
    dispose();
  }
}

async function appCommand(command: AppCommand, projectFolder: string): Promise<Omit<Command, "folder">> {
  const NODE_COMPILE_CACHE = process.env["NODE_COMPILE_CACHE"] ?? join(projectFolder, ".tidegate", "cache", "compiled");
  const environment = { NODE_COMPILE_CACHE };
  if (command.kind === "shell") return { program: command.line, arguments: [], shell: true, environment };
  if (command.kind === "program") return { ...command, shell: false, environment };
  const bundle = await tryBundleApp(command.entry, projectFolder);
  return {
    program: process.execPath,
    arguments: ["--enable-source-maps", bundle ?? command.entry, ...command.arguments],
    shell: false,
    environment,
  };
}
