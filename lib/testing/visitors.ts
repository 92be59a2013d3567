/** What visitors did while a release was rolled out. */
export interface LoadCount {
  readonly calls: number;
  /** Calls that rejected. An answer with a status of 500 is a failure only where the call rejects for it. */
  readonly failures: number;
}

/** Makes calls again and again, by a number of callers at the same time, until it is stopped. */
export class Visitors {
  readonly #call: () => Promise<unknown>;
  readonly #running: Promise<unknown>;
  #isStopped = false;
  #calls = 0;
  #failures = 0;

  constructor(call: () => Promise<unknown>, callers: number) {
    this.#call = call;
    this.#running = Promise.all(Array.from({ length: callers }, () => this.#visit()));
  }

  /** Waits for the calls that are under way, and counts all. */
  async stop(): Promise<LoadCount> {
    this.#isStopped = true;
    await this.#running;
    return { calls: this.#calls, failures: this.#failures };
  }

  async #visit(): Promise<void> {
    while (!this.#isStopped) {
      this.#calls++;
      try {
        await this.#call();
      } catch {
        this.#failures++;
      }
      // A call that ends at once would leave no time to anything else in this process.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
