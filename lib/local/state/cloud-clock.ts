import { AdjustableClock } from "./clock.ts";
import type { ClockChange } from "./clock-change.ts";
import type { Collection, Store } from "./store.ts";

/** The cloud's time, as `GET /_tidegate/clock` returns it. */
export interface ClockStatus {
  /** ISO 8601. */
  readonly now: string;
  readonly speed: number;
  /** How far the cloud's time is ahead of the machine's. */
  readonly offsetMs: number;
}

interface ClockRecord {
  readonly speed: number;
  readonly offsetMs: number;
  /** The cloud's time never falls below this again. */
  readonly floorMs: number;
}

const KEY = "clock";
const RESERVE_EVERY_MS = 1000;

/**
 * A cloud's clock, whose speed and offset outlive the process. Where it runs at another speed than the machine's, its
 * future is reserved on disk a little ahead, so that its time never runs backwards, not even after a kill.
 */
export class CloudClock {
  readonly clock: AdjustableClock;
  readonly #store: Store;
  readonly #records: Collection<ClockRecord> | undefined;
  readonly #reserving: NodeJS.Timeout;

  /** Takes the setting from the store, unless there is a clock that is the caller's own. */
  constructor(store: Store, own?: AdjustableClock) {
    this.#store = store;
    this.#records = own === undefined ? store.collection("cloud.clock") : undefined;
    this.clock = own ?? restore(this.#records?.get(KEY));
    this.#reserving = setInterval(() => this.#reserve(), RESERVE_EVERY_MS).unref();
    this.#reserve();
  }

  status(): ClockStatus {
    return { now: new Date(this.clock.now()).toISOString(), ...this.clock.setting };
  }

  /** Changes speed, then moves forward; answers once that is on disk. */
  async change({ speed, advanceMs }: ClockChange): Promise<ClockStatus> {
    if (speed !== undefined) this.clock.setSpeed(speed);
    if (advanceMs !== undefined) await this.clock.advance(advanceMs);
    this.#keep(this.#aheadMs());
    await this.#store.durable();
    return this.status();
  }

  /** Keeps the time of the stop, and fires nothing any more. */
  close(): void {
    clearInterval(this.#reserving);
    if (this.#records?.get(KEY) !== undefined) this.#keep(0);
    this.clock.stop();
  }

  #reserve(): void {
    if (this.clock.setting.speed !== 1) this.#keep(this.#aheadMs());
  }

  #aheadMs(): number {
    const { speed } = this.clock.setting;
    return speed === 1 ? 0 : 2 * RESERVE_EVERY_MS * speed;
  }

  #keep(aheadMs: number): void {
    this.#records?.put(KEY, { ...this.clock.setting, floorMs: this.clock.now() + aheadMs });
  }
}

function restore({ speed, offsetMs, floorMs }: ClockRecord = { speed: 1, offsetMs: 0, floorMs: 0 }): AdjustableClock {
  return new AdjustableClock({ speed, offsetMs: Math.max(offsetMs, floorMs - Date.now()) });
}
