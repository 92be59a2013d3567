import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FunctionSpec, Invocation, InvocationResult, LogSink } from "./function-spec.ts";
import { startProcess, type FunctionProcess, type ProcessExit } from "./function-process.ts";
import { functionError, type FunctionFailure } from "./function-failure.ts";
import type { InspectorGates } from "./inspector-gates.ts";
import { inspectorPortIn, isInspectorLine } from "./inspector-lines.ts";
import { LogTail } from "./log-tail.ts";
import { platformLogOf, type PlatformLog } from "./platform-log.ts";
import { readResponse } from "./read-response.ts";
import { openRuntimeApi, type RuntimeApi } from "./runtime-api.ts";
import type { SpareProcess } from "./spare-process.ts";
import type { Supervisor } from "./supervisor.ts";

/** What an instance needs from its host. */
export interface InstanceHost {
  readonly supervisor: Supervisor;
  readonly inspectors: InspectorGates;
  /** The cloud's time, for log lines. */
  now(): number;
  openLog(spec: FunctionSpec, logStream: string): LogSink;
  /** The instance's process has ended. */
  ended(instance: Instance): void;
}

interface Running {
  readonly invocation: Invocation;
  readonly resolve: (result: InvocationResult) => void;
  readonly reject: (error: Error) => void;
  readonly startedMs: number;
  readonly tail: LogTail | undefined;
  timer: NodeJS.Timeout | undefined;
  deliveredMs: number | undefined;
}

interface Ending {
  readonly status: InvocationResult["status"];
  readonly payload: Buffer;
  readonly contentType?: string;
  readonly errorType?: string;
}

/** The event never reached the runtime in this instance: it may go to another one. */
export class NotDelivered extends Error {
  readonly reason: "gone" | "init timeout";

  constructor(reason: "gone" | "init timeout") {
    super(`The instance did not take the event: ${reason}.`);
    this.reason = reason;
  }
}

/** One execution environment: a child process and its Runtime API. Takes one event at a time. */
export class Instance {
  readonly spec: FunctionSpec;
  /** When it last became idle, by the machine's monotonic clock. */
  idleSinceMs = 0;
  readonly #host: InstanceHost;
  readonly #platform: PlatformLog;
  readonly #log: LogSink;
  readonly #logStream: string;
  readonly #startedMs = performance.now();
  #api: RuntimeApi | undefined;
  #process: FunctionProcess | undefined;
  #deliver: ((invocation: Invocation, deadlineEpochMs: number) => void) | undefined;
  #running: Running | undefined;
  #initMs: number | undefined;
  #initReported = false;
  #initFailure: FunctionFailure | undefined;
  #gone = false;
  /** Where the process's own inspector listens. */
  #inspector: number | undefined;
  #onInit: ((failure: FunctionFailure | undefined) => void) | undefined;
  /** The tail of the invocation that was answered in this turn. */
  #ending: LogTail | undefined;

  constructor(spec: FunctionSpec, host: InstanceHost) {
    this.spec = spec;
    this.#host = host;
    this.#platform = platformLogOf(spec, () => host.now());
    this.#logStream = nameLogStream(spec, host.now());
    this.#log = host.openLog(spec, this.#logStream);
  }

  /** Initialised, and without an event. */
  get idle(): boolean {
    return !this.#gone && this.#running === undefined && this.#initMs !== undefined;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /**
   * Starts the process, or has a spare one run the version. Whether its initialisation succeeds shows with the first
   * event.
   */
  async start(spare?: SpareProcess): Promise<void> {
    this.#write(this.#platform.initStart());
    this.#api = await openRuntimeApi({
      next: (deliver) => this.#onNext(deliver),
      response: (requestId, body) => this.#onResponse(requestId, body),
      error: (requestId, errorType, payload) => this.#settleAs(requestId, { status: "error", payload, errorType }),
      initError: (errorType, payload) => {
        this.#initFailure = { errorType, payload };
      },
    });
    const mark = spare?.mark ?? this.#host.supervisor.nextMark();
    const identity = { runtimeApi: this.#api.address, logStream: this.#logStream, mark };
    const owner = {
      supervisor: this.#host.supervisor,
      log: this.#log,
      line: (message: string) => this.#onLine(message),
      exited: (exit: ProcessExit) => this.#onExit(exit),
    };
    this.#process = startProcess(this.spec, identity, owner, spare);
  }

  /**
   * Passes an event. The function's timeout runs from the moment when the runtime takes it; until then `initLimitMs`
   * bounds the wait. Rejects with `NotDelivered` when the runtime never received the event.
   */
  invoke(invocation: Invocation, initLimitMs: number): Promise<InvocationResult> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(new NotDelivered("gone"));
      const tail = invocation.tail === true ? new LogTail() : undefined;
      const startedMs = performance.now();
      const running = { invocation, resolve, reject, startedMs, tail, timer: undefined, deliveredMs: undefined };
      this.#running = running;
      if (this.#deliver !== undefined) return this.#handOver(running);
      this.#arm(running, this.#initMs === undefined ? initLimitMs : this.spec.timeoutMs);
    });
  }

  /** Waits until the runtime requests its first event. Resolves with the failure of the initialisation, if it fails. */
  initialised(limitMs: number): Promise<FunctionFailure | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onInit?.(functionError("Sandbox.Timedout", "Init timed out")), limitMs);
      this.#onInit = (failure) => {
        clearTimeout(timer);
        this.#onInit = undefined;
        this.idleSinceMs = performance.now();
        resolve(failure);
      };
      if (this.#initMs !== undefined) this.#onInit(undefined);
      else if (this.#gone) this.#onInit(this.#initFailure ?? functionError("Runtime.ExitError", "It ended"));
    });
  }

  /** Kills the group when it holds more than the function's memory, or more processes than Lambda allows. */
  enforceLimits(): void {
    if (this.#process?.exceeds(this.spec.memoryMb) === true) this.#process.kill();
  }

  kill(): void {
    this.#gone = true;
    this.#forgetInspector();
    this.#process?.kill();
    this.#api?.close();
  }

  #forgetInspector(): void {
    const { inspectPort } = this.spec;
    if (inspectPort !== undefined && this.#inspector !== undefined)
      this.#host.inspectors.forget(inspectPort, this.#inspector);
  }

  #arm(running: Running, limitMs: number): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => this.#onTimeout(running), limitMs);
  }

  #handOver(running: Running): void {
    const deliver = this.#deliver;
    const { timeoutMs } = this.spec;
    this.#deliver = undefined;
    running.deliveredMs = performance.now();
    this.#arm(running, timeoutMs);
    this.#write(this.#platform.start(running.invocation.requestId));
    deliver?.(running.invocation, Date.now() + timeoutMs);
  }

  #onNext(deliver: (invocation: Invocation, deadlineEpochMs: number) => void): void {
    this.#deliver = deliver;
    this.#initMs ??= performance.now() - this.#startedMs;
    this.#onInit?.(undefined);
    if (this.#running !== undefined && this.#running.deliveredMs === undefined) this.#handOver(this.#running);
  }

  async #onResponse(requestId: string, body: IncomingMessage): Promise<void> {
    if (this.#running?.invocation.requestId !== requestId) return void body.resume();
    this.#settleAs(requestId, await readResponse(body, this.#running.invocation.onChunk));
  }

  #settleAs(requestId: string, ending: Ending): void {
    if (this.#running?.invocation.requestId === requestId) this.#settle(this.#running, ending);
  }

  /** Keeps what Node's inspector writes of itself out of the function's log. */
  #onLine(message: string): void {
    const { inspectPort, key } = this.spec;
    if (inspectPort === undefined || !isInspectorLine(message)) return this.#write(message);
    const port = inspectorPortIn(message);
    if (port === undefined) return;
    this.#inspector = port;
    this.#host.inspectors.point(inspectPort, { key, port });
  }

  /** A person who looks at a breakpoint takes longer than any timeout. */
  #isDebugged(): boolean {
    const { inspectPort } = this.spec;
    if (inspectPort === undefined || this.#inspector === undefined) return false;
    return this.#host.inspectors.isAttached(inspectPort, this.#inspector);
  }

  #onTimeout(running: Running): void {
    if (this.#running !== running) return;
    if (this.#isDebugged()) return this.#arm(running, this.spec.timeoutMs);
    this.kill();
    if (running.deliveredMs === undefined && this.#initMs === undefined) return this.#giveUpInit(running);
    const { requestId } = running.invocation;
    const text = `Task timed out after ${(this.spec.timeoutMs / 1000).toFixed(2)} seconds`;
    this.#write(`${new Date(this.#host.now()).toISOString()} ${requestId} ${text}\n\n`);
    const failure = functionError("Sandbox.Timedout", `RequestId: ${requestId} Error: ${text}`);
    this.#settle(running, { status: "timeout", ...failure });
  }

  #giveUpInit(running: Running): void {
    this.#running = undefined;
    const elapsed = (performance.now() - this.#startedMs).toFixed(2);
    this.#write(`INIT_REPORT Init Duration: ${elapsed} ms\tPhase: init\tStatus: timeout\n`);
    running.reject(new NotDelivered("init timeout"));
  }

  #onExit(exit: ProcessExit): void {
    this.#gone = true;
    this.#forgetInspector();
    this.#api?.close();
    this.#onInit?.(this.#initFailure ?? functionError(exit.errorType, exit.description));
    const running = this.#running;
    if (running !== undefined) this.#endByExit(running, exit);
    this.#host.ended(this);
  }

  #endByExit(running: Running, exit: ProcessExit): void {
    const { requestId } = running.invocation;
    if (running.deliveredMs === undefined && this.#initMs !== undefined) {
      this.#running = undefined;
      clearTimeout(running.timer);
      return running.reject(new NotDelivered("gone"));
    }
    if (running.deliveredMs === undefined) this.#write(this.#platform.start(requestId));
    if (this.#initFailure !== undefined) return this.#settle(running, { status: "error", ...this.#initFailure });
    const text = `RequestId: ${requestId} Error: ${exit.description}`;
    this.#write(`${text}\n${exit.errorType}\n`);
    this.#settle(running, { status: "error", ...functionError(exit.errorType, text) });
  }

  #settle(running: Running, ending: Ending): void {
    clearTimeout(running.timer);
    this.#running = undefined;
    this.#ending = running.tail;
    this.idleSinceMs = performance.now();
    const durationMs = this.idleSinceMs - (running.deliveredMs ?? running.startedMs);
    const logTail = Promise.withResolvers<Buffer>();
    running.resolve({
      status: ending.status,
      payload: ending.payload,
      contentType: ending.contentType ?? "application/json",
      ...(ending.errorType === undefined ? {} : { errorType: ending.errorType }),
      durationMs,
      logTail: logTail.promise,
    });
    // One turn later, because lines written before the answer may sit in the pipe still.
    setImmediate(() => {
      this.#reportEnd(ending, running, durationMs);
      this.#ending = undefined;
      logTail.resolve(running.tail?.bytes() ?? Buffer.alloc(0));
    });
  }

  #reportEnd(ending: Ending, running: Running, durationMs: number): void {
    const { requestId } = running.invocation;
    const { status, errorType } = ending;
    const initMs = this.#initReported ? undefined : this.#initMs;
    this.#initReported = true;
    this.#process?.flushLines();
    const maxMemoryMb = Math.min(this.spec.memoryMb, this.#process?.peakMemoryMb() ?? 0);
    const report = { requestId, durationMs, maxMemoryMb, initMs, status, errorType };
    this.#write(this.#platform.end(requestId), running.tail);
    this.#write(this.#platform.report(report), running.tail);
  }

  #write(message: string | undefined, tail = this.#running?.tail ?? this.#ending): void {
    if (message === undefined) return;
    tail?.push(message);
    this.#log.write(this.#host.now(), message);
  }
}

function nameLogStream(spec: FunctionSpec, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[${spec.version}]${randomBytes(16).toString("hex")}`;
}
