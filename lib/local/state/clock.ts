import { BugError } from "../../errors.ts";

/** Takes back a timer that has not fired. Calling it twice does nothing. */
export type Cancel = () => void;

/**
 * The local cloud's time. Everything that AWS does "later" (a visibility timeout, a schedule, a metric's minute) uses
 * this clock, so that moving it rehearses tomorrow in a second. How long a function may *run* is measured by the
 * machine's monotonic clock instead: code takes the time it takes.
 */
export interface Clock {
  /** Milliseconds since the epoch, in the cloud's time. */
  now(): number;
  /** Milliseconds of the cloud's time that pass in a millisecond of the machine's. Above 0. */
  readonly speed: number;
  /** Resolves after `durationMs` of the cloud's time; rejects with the signal's reason when aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fire` once, when the cloud's time reaches `epochMs` (soon, when that is past). */
  at(epochMs: number, fire: () => void): Cancel;
}

/** How the cloud's time relates to the machine's. */
export interface ClockSetting {
  /** Cloud milliseconds a machine millisecond: 60 makes a minute pass in a second. */
  readonly speed: number;
  /** What the cloud's time is ahead of the machine's, in milliseconds, at the moment of the setting. */
  readonly offsetMs: number;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

const LONGEST_HOST_TIMER_MS = 2 ** 31 - 1;

/** A clock that can be sped up and moved forward. It never runs backwards. */
export class AdjustableClock implements Clock {
  #timers: Timer[] = [];
  #order = 0;
  #speed: number;
  #baseCloudMs: number;
  #baseHostMs: number;
  #pending: NodeJS.Timeout | undefined;

  constructor(setting: Partial<ClockSetting> = {}) {
    this.#speed = setting.speed ?? 1;
    this.#baseHostMs = performance.now();
    this.#baseCloudMs = Date.now() + (setting.offsetMs ?? 0);
  }

  now(): number {
    return Math.floor(this.#baseCloudMs + (performance.now() - this.#baseHostMs) * this.#speed);
  }

  get speed(): number {
    return this.#speed;
  }

  get setting(): ClockSetting {
    return { speed: this.#speed, offsetMs: this.now() - Date.now() };
  }

  at(epochMs: number, fire: () => void): Cancel {
    const timer: Timer = { dueMs: epochMs, order: this.#order++, fire };
    this.#timers.push(timer);
    this.#arm();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#arm();
    };
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.at(this.now() + durationMs, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Changes how fast the cloud's time passes from now on. `speed` must be above 0. */
  setSpeed(speed: number): void {
    if (!(Number.isFinite(speed) && speed > 0)) {
      throw new BugError("InvalidClockSpeed", `A clock's speed must be a number above 0, got ${speed}.`);
    }
    this.#rebase(this.now());
    this.#speed = speed;
    this.#arm();
  }

  /**
   * Moves the cloud's time forward, firing every timer on the way in order, each at its own time; what a timer
   * starts gets a turn of the event loop before the next one fires.
   */
  async advance(durationMs: number): Promise<void> {
    const target = this.now() + durationMs;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.dueMs > target) break;
      this.#rebase(Math.max(this.now(), next.dueMs));
      this.#fireDue();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#rebase(Math.max(this.now(), target));
    this.#arm();
  }

  /** Cancels every timer. */
  stop(): void {
    this.#timers = [];
    clearTimeout(this.#pending);
  }

  #rebase(cloudMs: number): void {
    this.#baseCloudMs = cloudMs;
    this.#baseHostMs = performance.now();
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.dueMs < first.dueMs || (timer.dueMs === first.dueMs && timer.order < first.order))
        first = timer;
    }
    return first;
  }

  #arm(): void {
    clearTimeout(this.#pending);
    this.#pending = undefined;
    const next = this.#next();
    if (!next) return;
    const hostMs = Math.ceil(Math.max(0, next.dueMs - this.now()) / this.#speed);
    this.#pending = setTimeout(() => this.#fireDue(), Math.min(hostMs, LONGEST_HOST_TIMER_MS));
    this.#pending.unref();
  }

  #fireDue(): void {
    for (let next = this.#next(); next && next.dueMs <= this.now(); next = this.#next()) {
      const due = next;
      this.#timers = this.#timers.filter((other) => other !== due);
      fireAlone(due);
    }
    this.#arm();
  }
}

/** What one timer throws must not keep the others from firing: it is thrown again on a turn of its own. */
function fireAlone(timer: Timer): void {
  try {
    timer.fire();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}
