import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { buildEnvironment, type InstanceIdentity } from "./environment.ts";
import type { FunctionSpec, LogSink } from "./function-spec.ts";
import { launchCommandOf } from "./launch-command.ts";
import { FrameReader, LineSplitter } from "./log-lines.ts";
import { tryReadMemoryUse } from "./memory.ts";
import type { SpareProcess } from "./spare-process.ts";
import { killGroup, type Supervisor } from "./supervisor.ts";

/** How a process ended, in AWS's words. */
export interface ProcessExit {
  readonly description: string;
  readonly errorType: string;
}

/** What a process reports to. */
export interface ProcessOwner {
  readonly supervisor: Supervisor;
  readonly log: LogSink;
  line(message: string): void;
  exited(exit: ProcessExit): void;
}

/** A function's running process group. */
export interface FunctionProcess {
  /** Kills the whole group at once. */
  kill(): void;
  /** Emits a last line that has no end. */
  flushLines(): void;
  peakMemoryMb(): number;
  exceeds(limitMb: number): boolean;
}

const MEGABYTE = 1024 * 1024;
/** Lambda's limit on processes and threads. */
const MOST_PROCESSES = 1024;

/** Starts the function's runtime in a process group of its own: a spare one where it fits, or a new one. */
export function startProcess(
  spec: FunctionSpec,
  identity: InstanceIdentity,
  owner: ProcessOwner,
  spare?: SpareProcess,
): FunctionProcess {
  const used = spare?.tryUse(spec, identity);
  if (used === undefined) spare?.kill();
  const child = used ?? spawnRuntime(spec, identity);
  const flushLines = collectOutput(child, owner);
  const { pid } = child;
  if (pid !== undefined) owner.supervisor.add(pid);
  let ended = false;
  const kill = () => {
    if (pid !== undefined && !ended) killGroup(pid, identity.mark);
  };
  const end = (exit: ProcessExit) => {
    kill();
    if (ended) return;
    ended = true;
    if (pid !== undefined) owner.supervisor.remove(pid);
    flushLines();
    owner.exited(exit);
  };
  child.once("error", (error) => end(describeSpawnError(error)));
  child.once("exit", (code, signal) => setImmediate(end, describeExit(code, signal)));
  return { kill, flushLines, ...memoryOf(pid) };
}

function spawnRuntime(spec: FunctionSpec, identity: InstanceIdentity): ChildProcess {
  const command = launchCommandOf(spec);
  return spawn(command.file, command.args, {
    cwd: spec.codeFolder,
    env: buildEnvironment(spec, identity, command.runtimeFolder),
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
}

function memoryOf(pid: number | undefined): Pick<FunctionProcess, "peakMemoryMb" | "exceeds"> {
  let peakBytes = 0;
  const look = () => {
    const use = pid === undefined ? undefined : tryReadMemoryUse(pid);
    peakBytes = Math.max(peakBytes, use?.residentBytes ?? 0);
    return use;
  };
  return {
    peakMemoryMb: () => {
      look();
      return Math.ceil(peakBytes / MEGABYTE);
    },
    exceeds: (limitMb) => {
      const use = look();
      return use !== undefined && (use.privateBytes > limitMb * MEGABYTE || use.processes > MOST_PROCESSES);
    },
  };
}

function collectOutput(child: ChildProcess, owner: ProcessOwner): () => void {
  const emit = (line: string) => owner.line(line);
  const splitters = [child.stdout, child.stderr].map((stream) => {
    const lines = new LineSplitter(emit);
    readHeldBack(stream as Readable, (chunk) => lines.push(chunk), owner.log);
    return lines;
  });
  const frames = new FrameReader(emit);
  readHeldBack(child.stdio[3] as Readable, (chunk) => frames.push(chunk), owner.log);
  return () => {
    for (const lines of splitters) lines.flush();
  };
}

/** Reads no faster than the log takes it: a function that floods its output waits in its own writes. */
function readHeldBack(stream: Readable, take: (chunk: Buffer) => void, log: LogSink): void {
  stream.on("error", () => undefined);
  stream.on("data", (chunk: Buffer) => {
    take(chunk);
    const full = log.full();
    if (full === undefined) return;
    stream.pause();
    void full.then(() => stream.resume());
  });
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): ProcessExit {
  const errorType = "Runtime.ExitError";
  if (signal !== null)
    return { errorType, description: `Runtime exited with error: signal: ${SIGNAL_WORDS[signal] ?? signal}` };
  if (code === 0) return { errorType, description: "Runtime exited without providing a reason" };
  return { errorType, description: `Runtime exited with error: exit status ${code}` };
}

/** Go's names of signals, which AWS shows. */
const SIGNAL_WORDS: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: "killed",
  SIGABRT: "aborted",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
  SIGTRAP: "trace/breakpoint trap",
  SIGBUS: "bus error",
};

function describeSpawnError(error: NodeJS.ErrnoException): ProcessExit {
  const errorType = "Runtime.InvalidEntrypoint";
  if (error.code === "ENOENT")
    return { errorType, description: `Couldn't find valid bootstrap(s): [${error.path ?? ""}]` };
  return { errorType, description: `fork/exec ${error.path ?? ""}: ${error.code ?? error.message}` };
}
