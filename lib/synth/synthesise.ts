import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readAssembly } from "../assembly/read-assembly.ts";
import type { Assembly } from "../assembly/assembly.ts";
import { UserError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { type AppCommand, parseAppCommand } from "./app-command.ts";
import { appEnvironment } from "./app-environment.ts";
import { appFailure } from "./app-failure.ts";
import { tryBundleApp } from "./bundle-app.ts";
import type { Project, StageSettings } from "./project.ts";
import { recoverFolder, replaceFolder, stagingName } from "./replace-folder.ts";
import { type Command, runCommand } from "./run-command.ts";
import { checkTemplateLimits } from "./template-limits.ts";

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

/**
 * Runs the app and puts its cloud assembly into `output`, which holds the old assembly or the new one and never a
 * mixture, whatever happens. Any CDK app will do. Throws a `UserError` where the app fails, where it asks for lookups,
 * and where a template is larger than CloudFormation takes.
 */
export async function synthesise(options: SynthesiseOptions): Promise<void> {
  const { project, output, host } = options;
  recoverFolder(output);
  const staging = stagingName(output);
  mkdirSync(staging, { recursive: true });
  try {
    await runApp(options, staging);
    const assembly = readAssembly(staging);
    checkMissingContext(assembly);
    checkTemplateLimits(assembly, host);
    replaceFolder(staging, output);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  host.notify({ code: "Synthesised", level: "debug", text: `${project.app} wrote ${output}` });
}

async function runApp({ project, stage, context, host, signal }: SynthesiseOptions, output: string): Promise<void> {
  const { variables, dispose } = appEnvironment({ project, stage, output, context });
  try {
    const command = await appCommand(parseAppCommand(project.app, project.folder), project.folder);
    const environment = { ...process.env, ...command.environment, ...variables };
    const result = await runCommand({ ...command, folder: project.folder, environment }, host, signal);
    if (result.exitCode !== 0) throw appFailure(project.app, result, project.folder);
  } finally {
    dispose();
  }
}

async function appCommand(command: AppCommand, projectFolder: string): Promise<Omit<Command, "folder">> {
  const environment = { NODE_COMPILE_CACHE: join(projectFolder, ".tidegate", "cache", "compiled") };
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

function checkMissingContext({ stacks }: Assembly): void {
  const missing = [...new Set(stacks.flatMap(({ missingContext }) => missingContext))];
  if (missing.length === 0) return;
  throw new UserError(
    "ContextMissing",
    `The app looks up what is not in cdk.context.json: ${missing.join(", ")}. Tidegate does not look it up itself.`,
    { fix: "Run `npx cdk synth` once with credentials of the account, and keep the cdk.context.json that it writes." },
  );
}
