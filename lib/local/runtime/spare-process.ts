import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { buildEnvironment, type InstanceIdentity } from "./environment.ts";
import type { FunctionSpec } from "./function-spec.ts";
import { type LaunchCommand, launchCommandOf } from "./launch-command.ts";
import { killGroup, type Supervisor } from "./supervisor.ts";

/** Variables that differ from version to version, and from instance to instance: a spare gets them when it is used. */
const LATE_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_TASK_ROOT",
  "LD_LIBRARY_PATH",
  "PWD",
  "_HANDLER",
  "_TIDEGATE_INSTANCE",
];

/** Files that the loader looks for in the code's folder: it reads its search path when a process starts. */
const NATIVE_LIBRARY = /^lib$|\.so(?:\.|$)/;

/**
 * A Node process that was started before there was a version for it, with the settings of the version before. It waits
 * after it has loaded the runtime, so that a new version starts without the time that Node takes to start.
 */
export class SpareProcess {
  /** Distinguishes the process and what it starts; see `Supervisor`. */
  readonly mark: string;
  readonly #key: string;
  readonly #child: ChildProcess;
  readonly #supervisor: Supervisor;
  #isUsable = true;

  /** Undefined where processes of this function cannot be started ahead. */
  static tryStart(spec: FunctionSpec, supervisor: Supervisor): SpareProcess | undefined {
    return canWait(spec) ? new SpareProcess(spec, supervisor) : undefined;
  }

  private constructor(spec: FunctionSpec, supervisor: Supervisor) {
    const command = launchCommandOf(spec);
    const mark = supervisor.nextMark();
    const identity = { mark, runtimeApi: "", logStream: "" };
    const environment = buildEnvironment(spec, identity, command.runtimeFolder);
    this.mark = mark;
    this.#supervisor = supervisor;
    this.#key = keyOf(command, environment);
    this.#child = spawn(command.file, command.args, {
      cwd: command.runtimeFolder,
      env: { ...environment, _TIDEGATE_SPARE: "1" },
      detached: true,
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    const { pid, stdin } = this.#child;
    if (pid !== undefined) supervisor.add(pid);
    stdin?.on("error", () => undefined);
    this.#child.on("error", () => (this.#isUsable = false));
    this.#child.once("exit", () => (this.#isUsable = false));
  }

  /** Has the process run a version. Undefined where it has ended, or was started with other settings. */
  tryUse(spec: FunctionSpec, identity: InstanceIdentity): ChildProcess | undefined {
    if (!this.#isUsable || !canWait(spec)) return undefined;
    const command = launchCommandOf(spec);
    const environment: Readonly<Record<string, string>> = buildEnvironment(spec, identity, command.runtimeFolder);
    if (keyOf(command, environment) !== this.#key) return undefined;
    this.#isUsable = false;
    const late = LATE_VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    });
    this.#child.stdin?.end(JSON.stringify(Object.fromEntries(late)));
    return this.#child;
  }

  /** Ends a process that was not used. */
  kill(): void {
    this.#isUsable = false;
    const { pid } = this.#child;
    if (pid === undefined) return;
    killGroup(pid, this.mark);
    this.#supervisor.remove(pid);
  }
}

/** An inspector's port belongs to one version; wrapper scripts read their own variables. */
function canWait({ runtime, inspectPort, environment, codeFolder }: FunctionSpec): boolean {
  if (!runtime.startsWith("nodejs") || inspectPort !== undefined) return false;
  if (environment["AWS_LAMBDA_EXEC_WRAPPER"] !== undefined) return false;
  return !readdirSync(codeFolder).some((name) => NATIVE_LIBRARY.test(name));
}

function keyOf({ file, args }: LaunchCommand, environment: Readonly<Record<string, string>>): string {
  const settings = Object.entries(environment).filter(([name]) => !LATE_VARIABLES.includes(name));
  return JSON.stringify([file, args, settings.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
