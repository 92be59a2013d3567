import type { AdjustableClock } from "../local/state/clock.ts";
import { parseDuration } from "../util/parse-duration.ts";

/** A cloud's time, which a test can move: schedules fire, messages become visible, time to live ends. */
export class TestClock {
  readonly #clock: AdjustableClock;

  constructor(clock: AdjustableClock) {
    this.#clock = clock;
  }

  /** The cloud's time. */
  now(): Date {
    return new Date(this.#clock.now());
  }

  /**
   * Moves the cloud's time forward by `90s`, `30m`, `2h`, `1d` or a number of milliseconds. Everything that becomes due
   * on the way starts, in order and each at its own time. What it starts (a function that runs, a message on its way)
   * takes the time that it takes: wait for its effect with `eventually`. Throws a `UserError` for any other text.
   */
  async advance(duration: string | number): Promise<void> {
    await this.#clock.advance(typeof duration === "number" ? duration : parseDuration(duration));
  }

  /** How many seconds of the cloud's time pass in a second. */
  get speed(): number {
    return this.#clock.speed;
  }

  /** Lets the cloud's time pass faster than the machine's: at 60 a minute passes in a second. 1 is the machine's own. */
  setSpeed(speed: number): void {
    this.#clock.setSpeed(speed);
  }
}
