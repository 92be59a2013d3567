import { Command, CommanderError, Option } from "commander";
import { AbortError, TidegateError, UserError } from "../errors.ts";
import { checkNode } from "../util/node-version.ts";
import { redact } from "../util/redact.ts";
import { blameOf, EXIT, exitCodeOf } from "./exit-codes.ts";
import { COMMON_FLAGS } from "./flags.ts";
import { renderError } from "./render-error.ts";
import { TerminalHost } from "./terminal-host.ts";
import type { Flag, Verb, VerbContext, VerbResult } from "./verb.ts";
import { VERBS } from "./verbs.ts";
import { readOwnVersion } from "../util/own-version.ts";

interface CommonFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly yes?: boolean;
  readonly progress?: "plain" | "json";
}

/** Runs the command line and returns the exit code. `args` are the words after the program's name. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const run: { exitCode: number; json: boolean } = { exitCode: EXIT.done, json: args.includes("--json") };
  const program = buildProgram(run);
  try {
    checkNode();
    await program.parseAsync([...args], { from: "user" });
    return run.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return usageExitCode(error, run.json);
    return reportError(error, run.json);
  }
}

function buildProgram(run: { exitCode: number }): Command {
  const program = new Command("tidegate")
    .description("Serverless apps on AWS: synthesise, deploy blue to green, roll back. The default stage is `local`.")
    .version(readOwnVersion(), "-V, --version")
    .showSuggestionAfterError(true)
    .showHelpAfterError("(`tidegate --help` lists the verbs, `tidegate help <verb>` their flags)")
    // A verb may have a flag `--version` of its own.
    .enablePositionalOptions()
    .exitOverride();
  for (const verb of VERBS) addVerb(program, verb, run);
  return program;
}

function addVerb(parent: Command, verb: Verb, run: { exitCode: number }): void {
  const command = parent.command(verb.name).description(verb.summary).exitOverride();
  command.showHelpAfterError(`(\`${fullName(command)} --help\` lists the flags)`);
  for (const below of verb.verbs ?? []) addVerb(command, below, run);
  if (verb.run === undefined) return;
  for (const argument of verb.arguments ?? []) command.argument(argument.name, argument.description);
  for (const flag of [...(verb.flags ?? []), ...COMMON_FLAGS]) command.addOption(toOption(flag));
  const names = (verb.arguments ?? []).map(({ name }) => name.replaceAll(/[<>[\].]/g, ""));
  command.action(async (...given: unknown[]) => {
    const options = command.opts();
    refuseDoubledFlags(command);
    const words = Object.fromEntries(names.map((name, index) => [name, given[index]]));
    run.exitCode = await runVerb(verb, { ...options, ...words }, options);
  });
}

function toOption(flag: Flag): Option {
  const option = new Option(flag.flags, flag.description);
  if (flag.choices !== undefined) option.choices([...flag.choices]);
  if (flag.defaultValue !== undefined) option.default(flag.defaultValue);
  const { parse, repeatable } = flag;
  if (repeatable === true) {
    option.argParser((value, before: unknown) => [
      ...(Array.isArray(before) ? (before as unknown[]) : []),
      parse?.(value) ?? value,
    ]);
  } else if (parse !== undefined) {
    option.argParser(parse);
  }
  return option;
}

/** A flag that is given twice is a slip: the last one must not silently win. */
function refuseDoubledFlags(command: Command): void {
  const words = process.argv.slice(2);
  for (const option of command.options) {
    if (option.variadic || option.parseArg !== undefined || option.long === undefined) continue;
    const times = words.filter((word) => word === option.long || word.startsWith(`${option.long}=`)).length;
    if (times > 1) {
      throw new UserError("UsageWrong", `The flag ${option.long} is given ${times} times; it may be given once`, {
        fix: `Give ${option.long} once.`,
      });
    }
  }
}

/** Commander has already printed the error for people; scripts get it as a document. */
function usageExitCode(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return EXIT.done;
  const code = error.code === "commander.unknownOption" ? "UnknownFlag" : "UsageWrong";
  const document = {
    error: { code, message: error.message.replace(/^error: /, ""), blame: "user" },
    exitCode: EXIT.usedWrongly,
  };
  if (json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return EXIT.usedWrongly;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

async function runVerb(verb: Verb, options: Record<string, unknown>, common: CommonFlags): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort(new AbortError("Interrupted", "Stopped by the user"));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const opened: { close(): Promise<void> }[] = [];
  const closeAtEnd = (resource: { close(): Promise<void> }) => void opened.push(resource);
  const host = hostOf(common);
  try {
    const result = await verb.run!(options, { ...contextOf(common, host, interrupt.signal), closeAtEnd });
    host.end();
    printResult(result, common.json === true);
    return result.exitCode;
  } finally {
    host.end();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await Promise.all(opened.map((resource) => resource.close()));
  }
}

function hostOf({ quiet, verbose, progress, yes }: CommonFlags): TerminalHost {
  const flags = { quiet: quiet === true, verbose: verbose === true, yes: yes === true };
  return new TerminalHost({ ...flags, progress, env: process.env });
}

function contextOf(common: CommonFlags, host: TerminalHost, signal: AbortSignal): VerbContext {
  return {
    folder: process.cwd(),
    host,
    signal,
    json: common.json === true,
    yes: common.yes === true,
    env: process.env,
    print: (line) => void process.stdout.write(`${line}\n`),
  };
}

function printResult(result: VerbResult, json: boolean): void {
  if (json && result.document !== undefined) process.stdout.write(`${JSON.stringify(result.document, null, 2)}\n`);
  if (!json) for (const line of result.lines ?? []) process.stdout.write(`${line}\n`);
}

function reportError(error: unknown, json: boolean): number {
  const exitCode = exitCodeOf(error);
  const lines = renderError(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: errorDocument(error), exitCode }, null, 2)}\n`);
  process.stderr.write(`${lines.join("\n")}\n`);
  return exitCode;
}

function errorDocument(error: unknown) {
  const { code, fix, constructPath, remoteCode, requestId } = error as TidegateError & {
    remoteCode?: string;
    requestId?: string;
  };
  return {
    code: error instanceof TidegateError ? code : "Unexpected",
    message: redact((error as Error).message),
    fix,
    constructPath,
    remoteCode,
    requestId,
    blame: blameOf(error),
  };
}
