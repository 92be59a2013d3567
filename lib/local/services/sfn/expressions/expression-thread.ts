import { Worker } from "node:worker_threads";
import { evaluationError } from "../run/states-error.ts";
import type { FillRequest, WorkerMessage } from "./expression-worker.ts";

/** How much a thread may use before it is stopped. */
export interface ThreadLimits {
  /** Of the library's loops, and, three times as long, of everything. */
  readonly timeMs: number;
  readonly memoryMb: number;
}

interface Job {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** What is being evaluated. */
  at: { readonly source: string; readonly field: string };
  timer?: NodeJS.Timeout;
}

/** A loop ends itself at the limit; what cannot, such as a regular expression, is stopped after as many. */
const STOPPED_AFTER = 3;

/** A thread that evaluates expressions, one value at a time. It is gone once a job was stopped. */
export class ExpressionThread {
  readonly #worker: Worker;
  readonly #limits: ThreadLimits;
  readonly #ready: Promise<void>;
  #job: Job | undefined;
  #isGone = false;

  constructor(limits: ThreadLimits) {
    this.#limits = limits;
    const file = import.meta.url.endsWith(".ts") ? "./expression-worker.ts" : "./expression-worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
      env: {},
    });
    this.#worker.unref();
    this.#ready = new Promise((resolve) => {
      this.#worker.on("message", (message: WorkerMessage) => {
        if (message.kind === "ready") resolve();
        else this.#hear(message);
      });
      this.#worker.on("exit", () => resolve());
    });
    this.#worker.on("error", (error: Error & { code?: string }) => {
      this.#isGone = true;
      this.#fail(
        error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "Expression evaluation ran out of memory." : error.message,
      );
    });
    this.#worker.on("exit", () => {
      this.#isGone = true;
      this.#fail("Expression evaluation was stopped.");
    });
  }

  /** Whether the thread can take another job. */
  get isUsable(): boolean {
    return !this.#isGone;
  }

  /** Fills a value. Rejects with `States.QueryEvaluationError` for an expression that fails or uses too much. */
  async evaluate(request: Omit<FillRequest, "limitMs">): Promise<unknown> {
    await this.#ready;
    const limitMs = this.#limits.timeMs;
    return new Promise<unknown>((resolve, reject) => {
      const job: Job = { resolve, reject, at: { source: "", field: request.field } };
      this.#job = job;
      if (this.#isGone) return this.#fail("Expression evaluation was stopped.");
      job.timer = setTimeout(() => {
        this.#isGone = true;
        this.#fail("Expression evaluation timeout.");
        this.stop();
      }, limitMs * STOPPED_AFTER);
      this.#worker.postMessage({ ...request, limitMs });
    });
  }

  /** Stops the thread, even in the middle of an evaluation. */
  stop(): void {
    this.#isGone = true;
    void this.#worker.terminate();
  }

  #hear(message: Exclude<WorkerMessage, { kind: "ready" }>): void {
    const job = this.#job;
    if (job === undefined) return;
    if (message.kind === "expression") {
      job.at = message;
      return;
    }
    this.#end();
    if (message.kind === "filled") job.resolve(message.value);
    else job.reject(evaluationError(message.message, message.field));
  }

  #fail(what: string): void {
    const job = this.#end();
    if (job === undefined) return;
    const { source, field } = job.at;
    const where = `The JSONata expression '${source}' specified for the field '${field}'`;
    job.reject(evaluationError(`${where} threw an error during evaluation. U1001: ${what}`, field));
  }

  #end(): Job | undefined {
    const job = this.#job;
    this.#job = undefined;
    clearTimeout(job?.timer);
    return job;
  }
}
