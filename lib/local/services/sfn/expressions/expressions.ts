import { availableParallelism } from "node:os";
import type { JsonataScope } from "./expression.ts";
import { ExpressionThread, type ThreadLimits } from "./expression-thread.ts";

const LIMITS: ThreadLimits = { timeMs: 1_000, memoryMb: 128 };

/**
 * Evaluates JSONata of workflows in threads that can be stopped: an expression may loop, match a regular expression
 * that never ends, or allocate more memory than there is. Threads start with the first expression.
 */
export class Expressions {
  readonly #mostThreads: number;
  readonly #idle: ExpressionThread[] = [];
  readonly #waiting: ((thread: ExpressionThread) => void)[] = [];
  readonly #threads = new Set<ExpressionThread>();

  constructor(mostThreads = Math.max(2, availableParallelism())) {
    this.#mostThreads = mostThreads;
  }

  /**
   * Replaces every expression in a value, however deep, by what it evaluates to. Rejects with
   * `States.QueryEvaluationError`. `field` says where the value is written.
   */
  async fill(value: unknown, scope: JsonataScope, field: string): Promise<unknown> {
    const thread = await this.#take();
    try {
      return await thread.evaluate({ value, scope, field });
    } finally {
      this.#giveBack(thread);
    }
  }

  /** Stops every thread; what is being evaluated fails. */
  close(): void {
    for (const thread of this.#threads) thread.stop();
  }

  #take(): Promise<ExpressionThread> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#threads.size < this.#mostThreads) return Promise.resolve(this.#start());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): ExpressionThread {
    const thread = new ExpressionThread(LIMITS);
    this.#threads.add(thread);
    return thread;
  }

  #giveBack(thread: ExpressionThread): void {
    const next = this.#waiting.shift();
    if (!thread.isUsable) this.#threads.delete(thread);
    if (next !== undefined) next(thread.isUsable ? thread : this.#start());
    else if (thread.isUsable) this.#idle.push(thread);
  }
}
