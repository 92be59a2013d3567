/** Wakes what waits for something to arrive: long polls of a queue, readers of a stream. */
export class Arrivals {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Calls every watcher of `name`, for example a queue's ARN. */
  announce(name: string): void {
    // A copy: what wakes may watch again.
    const waiting = [...(this.#waiting.get(name) ?? [])];
    for (const wake of waiting) wake();
  }

  /** Calls `wake` at each arrival until the returned function is called. */
  watch(name: string, wake: () => void): () => void {
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting.add(wake));
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(name);
    };
  }
}
