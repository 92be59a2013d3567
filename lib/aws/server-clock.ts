/** A `Date` header and when it was seen. */
interface Observation {
  readonly serverMs: number;
  readonly hostMs: number;
}

/** Headers tell whole seconds: over less than this, a rate would be made of rounding. */
const RATE_NEEDS_SERVER_MS = 5_000;
const RATE_WINDOW_HOST_MS = 5_000;

/**
 * The endpoint's own time, from the `Date` header of its answers. Deadlines of a release use it, so that several
 * drivers share one clock, a wrong clock of a laptop does no harm, and an endpoint with a faster clock is followed. It
 * never runs ahead of the endpoint: between two answers it counts the machine's time.
 */
export class ServerClock {
  readonly #hostNow: () => number;
  #anchor: Observation | undefined;
  #last: Observation | undefined;
  #rate = 1;

  /** `hostNow` counts the machine's milliseconds and never runs backwards. */
  constructor(hostNow: () => number = () => performance.now()) {
    this.#hostNow = hostNow;
  }

  /** Takes note of a `Date` header. One that is missing, unreadable or older than the last one says nothing. */
  observe(dateHeader: string | undefined): void {
    const serverMs = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
    if (Number.isNaN(serverMs) || serverMs <= (this.#last?.serverMs ?? -1)) return;
    const seen = { serverMs, hostMs: this.#hostNow() };
    this.#last = serverMs > this.now() || this.#last === undefined ? seen : this.#last;
    this.#anchor ??= seen;
    const passed = { server: serverMs - this.#anchor.serverMs, host: Math.max(1, seen.hostMs - this.#anchor.hostMs) };
    if (passed.server >= RATE_NEEDS_SERVER_MS) this.#rate = Math.max(1, passed.server / passed.host);
    if (passed.host >= RATE_WINDOW_HOST_MS) this.#anchor = seen;
  }

  /** Milliseconds since the epoch. The machine's own clock, as long as the endpoint has not answered. */
  now(): number {
    if (this.#last === undefined) return Date.now();
    return Math.floor(this.#last.serverMs + (this.#hostNow() - this.#last.hostMs));
  }

  /** Milliseconds of the endpoint's time that pass in one of the machine's: 1, or more where it was sped up. */
  get rate(): number {
    return this.#rate;
  }
}
