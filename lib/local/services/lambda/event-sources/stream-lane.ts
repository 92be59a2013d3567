import type { StreamItem } from "./stream-types.ts";
import type { Lambda } from "../context.ts";
import type { MappingRecord } from "../records.ts";
import { StreamBatch, type BatchOrigin } from "./stream-batch.ts";

/** An event must not exceed an invocation's maximum payload; this leaves room for the envelope around the records. */
const LARGEST_EVENT_BYTES = 6 * 1024 * 1024 - 16 * 1024;

/** What a lane works with. */
export interface LaneOrigin extends BatchOrigin {
  readonly lambda: Lambda;
  /** The mapping as it is now; undefined when it is over. */
  readonly mapping: () => MappingRecord | undefined;
}

/** Records of a shard that are handled one batch after another. */
export class StreamLane {
  readonly #origin: LaneOrigin;
  readonly #waiting: StreamItem[] = [];
  #openedMs = 0;
  #working: Promise<void> | undefined;
  #failure: { readonly cause: unknown } | undefined;
  #isEnding = false;
  #readUntilMs = 0;

  constructor(origin: LaneOrigin) {
    this.#origin = origin;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(item: StreamItem): void {
    if (this.#waiting.length === 0) this.#openedMs = this.#origin.lambda.cloud.clock.now();
    this.#waiting.push(item);
  }

  /** Everything that arrived before this time has been added: windows that end until then can be closed. */
  readUntil(atMs: number): void {
    this.#readUntilMs = atMs;
  }

  /** Starts the work that is due, unless some is under way. Throws an earlier failure. */
  poke(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
    const mapping = this.#origin.mapping();
    if (this.#working !== undefined || mapping === undefined) return;
    const work = this.#nextWork(mapping);
    if (work !== undefined) this.#working = this.#see(work);
  }

  async #see(work: Promise<void>): Promise<void> {
    try {
      await work;
      this.#working = undefined;
      this.poke();
    } catch (cause) {
      this.#working = undefined;
      this.#failure = { cause };
    }
  }

  /** Resolves when what is under way is done. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Resolves when nothing is left: the shard has ended, or the lane is left to other workers. */
  async drain(): Promise<void> {
    this.#isEnding = true;
    for (this.poke(); this.#working !== undefined; this.poke()) await this.#working;
  }

  #nextWork(mapping: MappingRecord): Promise<void> | undefined {
    const { window } = this.#origin;
    const lengthMs = (mapping.settings.TumblingWindowInSeconds ?? 0) * 1000;
    const open = window.open;
    const [first] = this.#waiting;
    if (open !== undefined) {
      const isEarly = lengthMs === 0 || open.isFull === true || (this.#isEnding && first === undefined);
      const isOver = first === undefined ? this.#readUntilMs >= open.endMs : first.arrivedMs >= open.endMs;
      if (isEarly || isOver) return this.#batch(mapping, []).closeWindow(isEarly && !isOver);
    }
    if (first === undefined) return undefined;
    const endMs = lengthMs === 0 ? Number.POSITIVE_INFINITY : (Math.floor(first.arrivedMs / lengthMs) + 1) * lengthMs;
    const count = this.#ready(mapping, endMs);
    if (count === 0) return undefined;
    if (lengthMs > 0) window.openFor(first.arrivedMs, lengthMs);
    const items = this.#waiting.splice(0, count);
    this.#openedMs = this.#origin.lambda.cloud.clock.now();
    return this.#batch(mapping, items).deliver();
  }

  /** How many records make the next batch; none while more may come. */
  #ready({ settings }: MappingRecord, endMs: number): number {
    const { BatchSize = 100, MaximumBatchingWindowInSeconds: windowSeconds = 0 } = settings;
    let bytes = 0;
    let count = 0;
    for (const item of this.#waiting) {
      bytes += Buffer.byteLength(JSON.stringify(item.event)) + 1;
      if (count > 0 && (bytes > LARGEST_EVENT_BYTES || item.arrivedMs >= endMs)) return count;
      if (++count === BatchSize) return count;
    }
    const { clock } = this.#origin.lambda.cloud;
    const isDue = clock.now() - this.#openedMs >= windowSeconds * 1000;
    return isDue || this.#isEnding || this.#readUntilMs >= endMs ? count : 0;
  }

  #batch(mapping: MappingRecord, items: readonly StreamItem[]): StreamBatch {
    return new StreamBatch(this.#origin.lambda, mapping, this.#origin, items);
  }
}
