/** Wakes whoever follows a stream when something has come into it, or it has changed. */
export class Arrivals {
  readonly #waiting = new Map<string, Set<() => void>>();

  tell(streamId: string): void {
    const waiting = [...(this.#waiting.get(streamId) ?? [])];
    for (const wake of waiting) wake();
  }

  /** Calls `wake` at each arrival, until the answer is called. */
  watch(streamId: string, wake: () => void): () => void {
    const waiting = this.#waiting.get(streamId) ?? new Set();
    this.#waiting.set(streamId, waiting.add(wake));
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(streamId);
    };
  }
}
