import type { FunctionSpec } from "./function-spec.ts";
import { SpareProcess } from "./spare-process.ts";
import type { Supervisor } from "./supervisor.ts";

/** Each takes the memory of an idle Node process. */
const MOST_SPARES = 3;
/** After so long without a new version, the function is taken as finished. Milliseconds. */
const KEPT_MS = 10 * 60_000;

interface Kept {
  readonly spare: SpareProcess;
  readonly timer: NodeJS.Timeout;
}

/** Processes that wait for the next versions of the functions that were changed last. */
export class SpareProcesses {
  readonly #supervisor: Supervisor;
  /** By function; the one that was changed last is the last. */
  readonly #kept = new Map<string, Kept>();

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  /** Starts a process for the version that comes after this one. */
  keep(spec: FunctionSpec): void {
    const key = functionOf(spec);
    this.#end(key);
    const spare = SpareProcess.tryStart(spec, this.#supervisor);
    if (spare === undefined) return;
    this.#kept.set(key, { spare, timer: setTimeout(() => this.#end(key), KEPT_MS).unref() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_SPARES && oldest !== undefined) this.#end(oldest);
  }

  /** The process that waits for a version of this function. It is the caller's then. */
  take(spec: FunctionSpec): SpareProcess | undefined {
    const key = functionOf(spec);
    const kept = this.#kept.get(key);
    clearTimeout(kept?.timer);
    this.#kept.delete(key);
    return kept?.spare;
  }

  /** Ends them all. */
  stop(): void {
    for (const key of this.#kept.keys()) this.#end(key);
  }

  #end(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    clearTimeout(kept.timer);
    kept.spare.kill();
    this.#kept.delete(key);
  }
}

function functionOf({ account, region, functionName }: FunctionSpec): string {
  return `${account}/${region}/${functionName}`;
}
