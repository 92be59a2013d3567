import { randomBytes } from "node:crypto";
import type { FunctionSpec, Invocation, InvocationResult, LogSink } from "./function-spec.ts";
import { functionError, type FunctionFailure } from "./function-failure.ts";
import { InspectorGates } from "./inspector-gates.ts";
import { Instance, NotDelivered, type InstanceHost } from "./instance.ts";
import type { SpareProcess } from "./spare-process.ts";
import { SpareProcesses } from "./spare-processes.ts";
import { Supervisor } from "./supervisor.ts";

/** What the host needs from the service that runs functions. */
export interface FunctionHostOptions {
  now(): number;
  openLog(spec: FunctionSpec, logStream: string): LogSink;
  /** Called with what keeps a debugger from attaching. @default - it goes unreported */
  onTrouble?(text: string): void;
}

const IDLE_MS = 10 * 60_000;
const MOST_IDLE_INSTANCES = 64;
const SWEEP_MS = 100;
/** Initialisation may take this long; after that AWS starts it again within the invocation, under the function's timeout. */
const INIT_LIMIT_MS = 10_000;

/** Runs functions in instances: reuses the most recently used one, starts another when all are busy. */
export class FunctionHost {
  readonly #supervisor = new Supervisor(randomBytes(8).toString("hex"));
  readonly #inspectors: InspectorGates;
  readonly #instanceHost: InstanceHost;
  /** By spec key; the most recently used idle instance is the last. */
  readonly #idle = new Map<string, Instance[]>();
  readonly #all = new Set<Instance>();
  /** Instances that are initialised ahead of an event, by spec key: an event that comes first waits for one of them. */
  readonly #preparing = new Map<string, Promise<Instance>[]>();
  readonly #spares = new SpareProcesses(this.#supervisor);
  readonly #retired = new WeakSet<Instance>();
  #sweep: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: FunctionHostOptions) {
    this.#inspectors = new InspectorGates((text) => options.onTrouble?.(text));
    this.#instanceHost = {
      supervisor: this.#supervisor,
      inspectors: this.#inspectors,
      now: () => options.now(),
      openLog: (spec, logStream) => options.openLog(spec, logStream),
      ended: (instance) => this.#forget(instance),
    };
  }

  /** Runs one event to its end: an answer, an error, or a timeout. */
  async invoke(spec: FunctionSpec, invocation: Invocation): Promise<InvocationResult> {
    for (let warm = this.#takeIdle(spec.key); warm !== undefined; warm = this.#takeIdle(spec.key)) {
      const result = await this.#tryRun(warm, invocation, INIT_LIMIT_MS);
      if (result !== undefined) return result;
    }
    const starting = this.#preparing.get(spec.key)?.shift() ?? this.#start(spec);
    const result = await this.#tryRun(await starting, invocation, INIT_LIMIT_MS);
    if (result !== undefined) return result;
    return await this.#runWithinTimeout(spec, invocation);
  }

  /** Initialises an instance ahead of its first event. Resolves with the failure of the initialisation, if it fails. */
  async prepare(spec: FunctionSpec): Promise<FunctionFailure | undefined> {
    const starting = this.#start(spec, this.#spares.take(spec));
    this.#preparing.set(spec.key, [...(this.#preparing.get(spec.key) ?? []), starting]);
    starting.catch(() => this.#isTaken(spec.key, starting));
    const instance = await starting;
    const failure = await instance.initialised(INIT_LIMIT_MS);
    if (this.#isTaken(spec.key, starting)) return failure;
    if (failure === undefined && !instance.gone && !this.#retired.has(instance)) this.#giveBack(instance);
    else this.#end(instance);
    return failure;
  }

  /** Has a process wait for the next version of a function, until it comes or some minutes have passed. */
  expectVersionAfter(spec: FunctionSpec): void {
    if (!this.#stopped) this.#spares.keep(spec);
  }

  /** Whether an event took the instance while it was initialised; otherwise it is not offered to events any more. */
  #isTaken(key: string, starting: Promise<Instance>): boolean {
    const ahead = this.#preparing.get(key) ?? [];
    const left = ahead.filter((other) => other !== starting);
    if (left.length === 0) this.#preparing.delete(key);
    else this.#preparing.set(key, left);
    return left.length === ahead.length;
  }

  /** Ends the instances of every key that is not current any more; busy ones end with their event. */
  retire(isCurrent: (spec: FunctionSpec) => boolean): void {
    for (const instance of this.#all) {
      if (isCurrent(instance.spec)) continue;
      this.#retired.add(instance);
      if (instance.idle) this.#end(instance);
    }
  }

  /** Kills everything. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#sweep);
    this.#spares.stop();
    for (const instance of this.#all) instance.kill();
    this.#all.clear();
    this.#idle.clear();
    this.#supervisor.stop();
    this.#inspectors.close();
  }

  /** AWS initialises once more when the first try took too long, this time within the function's own timeout. */
  async #runWithinTimeout(spec: FunctionSpec, invocation: Invocation): Promise<InvocationResult> {
    const startedMs = performance.now();
    const result = await this.#tryRun(await this.#start(spec), invocation, spec.timeoutMs);
    if (result !== undefined) return result;
    const text = `RequestId: ${invocation.requestId} Error: Task timed out after ${(spec.timeoutMs / 1000).toFixed(2)} seconds`;
    const durationMs = performance.now() - startedMs;
    const logTail = Promise.resolve(Buffer.alloc(0));
    const failure = functionError("Sandbox.Timedout", text);
    return { status: "timeout", ...failure, contentType: "application/json", durationMs, logTail };
  }

  async #tryRun(
    instance: Instance,
    invocation: Invocation,
    initLimitMs: number,
  ): Promise<InvocationResult | undefined> {
    try {
      const result = await instance.invoke(invocation, initLimitMs);
      if (instance.gone) this.#forget(instance);
      else if (this.#retired.has(instance)) this.#end(instance);
      else this.#giveBack(instance);
      return result;
    } catch (error) {
      this.#forget(instance);
      if (error instanceof NotDelivered) return undefined;
      throw error;
    }
  }

  async #start(spec: FunctionSpec, spare?: SpareProcess): Promise<Instance> {
    const instance = new Instance(spec, this.#instanceHost);
    this.#all.add(instance);
    this.#sweep ??= setInterval(() => this.#sweepInstances(), SWEEP_MS).unref();
    await instance.start(spare);
    if (this.#stopped) instance.kill();
    return instance;
  }

  #takeIdle(key: string): Instance | undefined {
    const stack = this.#idle.get(key);
    for (let instance = stack?.pop(); instance !== undefined; instance = stack?.pop())
      if (!instance.gone) return instance;
    return undefined;
  }

  #giveBack(instance: Instance): void {
    const stack = this.#idle.get(instance.spec.key);
    if (stack === undefined) this.#idle.set(instance.spec.key, [instance]);
    else stack.push(instance);
  }

  #end(instance: Instance): void {
    instance.kill();
    this.#forget(instance);
  }

  #forget(instance: Instance): void {
    this.#all.delete(instance);
    const stack = this.#idle.get(instance.spec.key)?.filter((other) => other !== instance);
    if (stack === undefined || stack.length === 0) this.#idle.delete(instance.spec.key);
    else this.#idle.set(instance.spec.key, stack);
  }

  #sweepInstances(): void {
    const now = performance.now();
    const idle = [...this.#all].filter((instance) => instance.idle).sort((a, b) => b.idleSinceMs - a.idleSinceMs);
    for (const [index, instance] of idle.entries())
      if (index >= MOST_IDLE_INSTANCES || now - instance.idleSinceMs > IDLE_MS) this.#end(instance);
    for (const instance of this.#all) if (!instance.idle) instance.enforceLimits();
    if (this.#all.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
