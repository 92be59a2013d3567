/**
 * The endpoint's own time, read off the `Date` header of its answers. Deadlines of a release count in it, so that
 * several drivers agree, a laptop's wrong clock does no harm, and an endpoint whose clock runs fast is followed.
 * Between answers the machine's monotonic clock is added at the rate that was seen last.
 */
export class ServerClock {
  #serverMs: number | undefined;
  #hostMs = 0;
  #rate = 1;

  /** Takes note of a `Date` header, which has a resolution of one second. */
  observe(dateHeader: string | undefined): void {
    const serverMs = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
    if (Number.isNaN(serverMs)) return;
    const hostMs = performance.now();
    if (this.#serverMs === undefined) {
      this.#serverMs = serverMs;
      this.#hostMs = hostMs;
      return;
    }
    const elapsedHostMs = hostMs - this.#hostMs;
    if (serverMs <= this.#serverMs || elapsedHostMs < 50) return;
    this.#rate = Math.max(1, (serverMs - this.#serverMs) / elapsedHostMs);
    if (this.#rate < 1.5 || serverMs - this.#serverMs < 5_000) this.#rate = 1;
    this.#serverMs = serverMs;
    this.#hostMs = hostMs;
  }

  /** Milliseconds since the epoch: the last header seen, and the machine's time since then. */
  now(): number {
    if (this.#serverMs === undefined) return Date.now();
    return Math.floor(this.#serverMs + (performance.now() - this.#hostMs));
  }

  /** Seconds of the endpoint's time that pass in a second here: 1, or more where its clock was sped up. */
  get rate(): number {
    return this.#rate;
  }
}
