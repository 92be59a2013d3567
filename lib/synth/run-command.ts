import { spawn } from "node:child_process";
import type { IoHost } from "../io/message.ts";
import { AbortError } from "../errors.ts";

/** A program to run. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** True where `program` is a line for the shell. */
  readonly shell: boolean;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** How a program ended. */
export interface CommandResult {
  /** Undefined where a signal ended it, or it could not be started. */
  readonly exitCode: number | undefined;
  /** The end of what it wrote to standard error. */
  readonly errorOutput: string;
  readonly startError?: Error;
}

const MAX_KEPT_OUTPUT = 65_536;

/** Runs a program to its end. What it prints goes to the host, line by line; nothing reaches our own output. */
export async function runCommand(command: Command, host: IoHost, signal: AbortSignal): Promise<CommandResult> {
  const child = spawn(command.program, command.shell ? [] : [...command.arguments], {
    cwd: command.folder,
    env: command.environment,
    shell: command.shell,
    signal,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errorOutput = "";
  const ended = new Promise<CommandResult>((resolve) => {
    child.once("error", (startError) => resolve({ exitCode: undefined, errorOutput, startError }));
    child.once("close", (code) => resolve({ exitCode: code ?? undefined, errorOutput }));
  });
  forwardLines(child.stdout, (text) => host.notify({ code: "AppOutput", level: "info", text }));
  forwardLines(child.stderr, (text) => {
    errorOutput = `${errorOutput}${text}\n`.slice(-MAX_KEPT_OUTPUT);
    host.notify({ code: "AppOutput", level: "debug", text });
  });
  const result = await ended;
  if (signal.aborted) throw new AbortError("Interrupted", "Synthesis was interrupted; the assembly is as it was.");
  return { ...result, errorOutput };
}

function forwardLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = (lines.pop() ?? "").slice(-MAX_KEPT_OUTPUT);
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}
