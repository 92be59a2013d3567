/** When a call of a process is carried out, and in what order: virtual time, and turns chosen by a seed. */
export class Scheduler {
  now: number;
  readonly #choose: (count: number) => number;
  #waiting: Turn[] = [];
  #order = 0;

  /** `choose(count)` picks one of the calls that are due; the first by default. */
  constructor(startMs: number, choose: (count: number) => number = () => 0) {
    this.now = startMs;
    this.#choose = choose;
  }

  /** Resolves at its turn, `delayMs` from now at the earliest; early when the signal aborts. */
  turn(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const turn: Turn = { dueMs: this.now + Math.max(0, delayMs), order: this.#order++, resolve };
      this.#waiting.push(turn);
      if (signal === undefined) return;
      const hurry = () => (turn.dueMs = Math.min(turn.dueMs, this.now));
      if (signal.aborted) hurry();
      else signal.addEventListener("abort", hurry, { once: true });
    });
  }

  /** Gives turns until the promise settles. Fails when no process waits any more, or after `maxTurns`. */
  async run<T>(promise: Promise<T>, maxTurns = 100_000): Promise<T> {
    let settled = false;
    void Promise.allSettled([promise]).then(() => (settled = true));
    for (let turns = 0; ; turns++) {
      await quiescence();
      if (settled) return promise;
      if (turns >= maxTurns) throw new Error(`no end after ${maxTurns} turns at ${new Date(this.now).toISOString()}`);
      if (!this.#give()) throw new Error("everybody waits for nothing: a deadlock");
    }
  }

  #give(): boolean {
    if (this.#waiting.length === 0) return false;
    const earliest = Math.min(...this.#waiting.map(({ dueMs }) => dueMs));
    this.now = Math.max(this.now, earliest);
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= this.now).sort((a, b) => a.order - b.order);
    const next = due[this.#choose(due.length)]!;
    this.#waiting = this.#waiting.filter((turn) => turn !== next);
    next.resolve();
    return true;
  }
}

interface Turn {
  dueMs: number;
  readonly order: number;
  readonly resolve: () => void;
}

/** All promise reactions have run. */
function quiescence(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
