import { errorStack, errorText } from "../kit/error-text.ts";
import { randomUUID } from "node:crypto";
import type { Cancel, Clock } from "./clock.ts";
import type { Collection, Store } from "./store.ts";

/** The line that an item waits in. */
export interface Lane {
  readonly name: string;
  /** One after another, in the order in which they were added: an item that has to wait holds up those behind it. */
  readonly isOrdered?: boolean;
}

/** What becomes of an item after an attempt: it is done, or is retried after a while of the cloud's time. */
export type Outcome = { readonly retryAfterMs: number } | undefined;

/** What an outbox is for. */
export interface OutboxOptions<T> {
  /** The collection that keeps the items, for example `s3.outbox`. */
  readonly collection: string;
  laneOf(item: T): Lane;
  /** One attempt; `attempts` is the number of earlier ones. It may run again after a crash, even if it succeeded. */
  attempt(item: T, attempts: number): Promise<Outcome>;
  log(line: string): void;
}

interface Entry<T> {
  readonly item: T;
  readonly attempts: number;
  readonly dueMs: number;
}

/** How many items of one lane are under way at once, where their order does not count. */
const MOST_AT_ONCE = 16;

/**
 * What is promised and not yet carried out: rows of the store, so that what was acknowledged is still done after a
 * crash, perhaps twice, as on AWS. Lanes do not hold each other up.
 */
export class Outbox<T> {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #options: OutboxOptions<T>;
  readonly #entries: Collection<Entry<T>>;
  /** The keys of what waits for its turn, by lane. */
  readonly #waiting = new Map<string, string[]>();
  readonly #running = new Map<string, number>();
  readonly #timers = new Map<string, Cancel>();
  #next: number;
  #isStopped = false;

  constructor({ store, clock }: { store: Store; clock: Clock }, options: OutboxOptions<T>) {
    this.#store = store;
    this.#clock = clock;
    this.#options = options;
    this.#entries = store.collection(options.collection);
    this.#next = Number(this.#entries.list().at(-1)?.[0].slice(0, KEY_DIGITS) ?? 0) + 1;
  }

  /** Call it in the transaction that makes the item true: then a crash loses neither, or both. */
  add(item: T): void {
    // The random part distinguishes an item from one whose transaction was rolled back.
    const key = `${String(this.#next++).padStart(KEY_DIGITS, "0")}-${randomUUID().slice(0, 8)}`;
    this.#entries.put(key, { item, attempts: 0, dueMs: 0 });
    const lane = this.#options.laneOf(item);
    this.#store.afterDurable(() => this.#enter(key, lane));
  }

  /** Resumes the items that were left when the cloud was stopped or killed. */
  start(): void {
    for (const [key, { item }] of this.#entries.list()) this.#enter(key, this.#options.laneOf(item));
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #enter(key: string, lane: Lane): void {
    const waiting = this.#waiting.get(lane.name);
    if (waiting === undefined) this.#waiting.set(lane.name, [key]);
    else waiting.push(key);
    this.#fill(lane);
  }

  #fill(lane: Lane): void {
    const waiting = this.#waiting.get(lane.name) ?? [];
    const most = lane.isOrdered ? 1 : MOST_AT_ONCE;
    while (!this.#isStopped && waiting.length > 0) {
      const running = this.#running.get(lane.name) ?? 0;
      if (running >= most) return;
      this.#running.set(lane.name, running + 1);
      void this.#run(waiting.shift()!, lane);
    }
    if (waiting.length === 0) this.#waiting.delete(lane.name);
  }

  /** An item that the disk refuses stays in the store, and is resumed when the cloud starts again. */
  async #run(key: string, lane: Lane): Promise<void> {
    try {
      await this.#carryOut(key, lane);
    } catch (error) {
      if (this.#isStopped) return;
      this.#options.log(`${this.#options.collection}: an item is deferred: ${errorText(error)}`);
      this.#leave(lane);
    }
  }

  async #carryOut(key: string, lane: Lane): Promise<void> {
    // Once the cloud has stopped, its store is closed.
    if (this.#isStopped) return;
    const entry = this.#entries.get(key);
    if (entry === undefined) return this.#leave(lane);
    const waitMs = entry.dueMs - this.#clock.now();
    if (waitMs > 0) return this.#postpone(key, lane, entry.dueMs);
    const outcome = await this.#attempt(entry);
    // What was under way when the cloud stopped is retried when it starts.
    if (this.#isStopped) return;
    if (outcome === undefined) {
      this.#entries.delete(key);
      return this.#leave(lane);
    }
    const dueMs = this.#clock.now() + outcome.retryAfterMs;
    this.#entries.put(key, { ...entry, attempts: entry.attempts + 1, dueMs });
    this.#postpone(key, lane, dueMs);
  }

  async #attempt({ item, attempts }: Entry<T>): Promise<Outcome> {
    try {
      return await this.#options.attempt(item, attempts);
    } catch (error) {
      if (!this.#isStopped) this.#options.log(`${this.#options.collection}: an item was dropped: ${errorStack(error)}`);
      return undefined;
    }
  }

  /** An ordered lane waits with its item; otherwise the item makes room, and comes back when it is due. */
  #postpone(key: string, lane: Lane, dueMs: number): void {
    const back = this.#clock.at(dueMs, () => {
      this.#timers.delete(key);
      if (lane.isOrdered) void this.#run(key, lane);
      else this.#enter(key, lane);
    });
    this.#timers.set(key, back);
    if (!lane.isOrdered) this.#leave(lane);
  }

  #leave(lane: Lane): void {
    const running = (this.#running.get(lane.name) ?? 1) - 1;
    if (running === 0) this.#running.delete(lane.name);
    else this.#running.set(lane.name, running);
    this.#fill(lane);
  }
}

const KEY_DIGITS = 16;
