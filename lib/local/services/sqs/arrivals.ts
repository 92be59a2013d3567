/** Wakes long polls when something may have come into their queue. */
export class Arrivals {
  readonly #waiting = new Map<string, Set<() => void>>();

  tell(queueArn: string): void {
    const waiting = [...(this.#waiting.get(queueArn) ?? [])];
    for (const wake of waiting) wake();
  }

  /** Calls `wake` at each arrival, until the answer is called. */
  watch(queueArn: string, wake: () => void): () => void {
    const waiting = this.#waiting.get(queueArn) ?? new Set();
    this.#waiting.set(queueArn, waiting.add(wake));
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(queueArn);
    };
  }
}
