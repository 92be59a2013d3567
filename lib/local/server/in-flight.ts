/** What is under way, so that an end can wait for it. */
export class InFlight {
  readonly #all = new Set<Promise<void>>();

  /** `work` must not reject. */
  add(work: Promise<void>): void {
    this.#all.add(work);
    void work.finally(() => this.#all.delete(work));
  }

  /** Resolves when nothing is under way any more, or after `withinMs` of the host's time. */
  async idle(withinMs: number): Promise<void> {
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), withinMs);
    while (this.#all.size > 0 && (await Promise.race([Promise.all(this.#all), late.promise])) !== "late");
    clearTimeout(timer);
  }
}
