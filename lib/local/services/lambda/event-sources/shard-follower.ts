import type { StreamItem, StreamPage, StreamShard, StreamSource } from "./stream-types.ts";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lambda } from "../context.ts";
import type { MappingRecord } from "../records.ts";
import { StreamLane } from "./stream-lane.ts";
import { StreamProgress } from "./stream-progress.ts";
import { TumblingWindow } from "./tumbling-window.ts";

/** Lambda reads each shard four times a second; it is the machine's time, so that a moved clock does not flood. */
export const POLL_MS = 250;
const RECORDS_PER_READ = 1000;

/** What a follower works with. */
export interface FollowerOrigin {
  readonly lambda: Lambda;
  readonly uuid: string;
  readonly source: StreamSource;
  readonly shard: StreamShard;
  readonly signal: AbortSignal;
}

/** Reads one shard from where the mapping came to, and hands its records on in as many lanes as it may. */
export class ShardFollower {
  readonly #origin: FollowerOrigin;
  readonly #progress: StreamProgress;
  readonly #window: TumblingWindow;
  #lanes: StreamLane[] = [];
  /** The last record that was read; the function may be behind. */
  #lastRead: string | undefined;

  constructor(origin: FollowerOrigin) {
    const { lambda, uuid, shard } = origin;
    this.#origin = origin;
    this.#progress = new StreamProgress(lambda, { uuid }, shard.id);
    this.#window = new TumblingWindow(lambda, uuid, shard.id);
  }

  /** Resolves when the shard is read to its end and all of it is done, or when the mapping is over. */
  async run(): Promise<void> {
    const { source, shard, signal } = this.#origin;
    let iterator = await this.#iterator();
    for (let mapping = this.#mapping; mapping !== undefined && iterator !== undefined; mapping = this.#mapping) {
      await this.#fitLanes(mapping);
      const readMs = this.#origin.lambda.cloud.clock.now();
      const page: StreamPage | undefined = this.#isFull(mapping)
        ? { items: [], next: iterator }
        : await source.read(shard.id, iterator, RECORDS_PER_READ);
      iterator = page === undefined ? await this.#iterator() : page.next;
      const items = page?.items ?? [];
      this.#hand(items);
      if (page !== undefined && items.length < RECORDS_PER_READ && !this.#isFull(mapping))
        for (const lane of this.#lanes) lane.readUntil(readMs);
      for (const lane of this.#lanes) lane.poke();
      if (items.length === 0) await sleep(POLL_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
    await Promise.all(this.#lanes.map((lane) => (this.#mapping === undefined ? lane.settled() : lane.drain())));
    if (this.#mapping !== undefined) this.#progress.ended(shard.birth);
  }

  /** Continues where reading ended, and after a start where processing did. */
  #iterator(): Promise<string | undefined> {
    return this.#origin.source.iterator(this.#origin.shard.id, this.#lastRead ?? this.#progress.position);
  }

  get #mapping(): MappingRecord | undefined {
    const { lambda, uuid, signal } = this.#origin;
    return signal.aborted ? undefined : lambda.state.mappings.get(uuid);
  }

  /** A function that is slower than the stream is not read ahead for without end. */
  #isFull({ settings: { BatchSize = 100 } }: MappingRecord): boolean {
    const waiting = this.#lanes.reduce((sum, lane) => sum + lane.waiting, 0);
    return waiting >= Math.max(RECORDS_PER_READ, 2 * BatchSize * this.#lanes.length);
  }

  /** As many lanes as the mapping says now; a window's state goes from batch to batch, which needs one. */
  async #fitLanes({ settings }: MappingRecord): Promise<void> {
    const { ParallelizationFactor: factor = 1, TumblingWindowInSeconds: windowSeconds = 0 } = settings;
    const count = windowSeconds > 0 ? 1 : factor;
    if (this.#lanes.length === count) return;
    await Promise.all(this.#lanes.map((lane) => lane.drain()));
    const { lambda, shard, signal, source } = this.#origin;
    const shardId = shard.id;
    const [progress, window] = [this.#progress, this.#window];
    const mapping = () => this.#mapping;
    this.#lanes = Array.from(
      { length: count },
      () => new StreamLane({ lambda, shardId, signal, source, progress, window, mapping }),
    );
  }

  #hand(items: readonly StreamItem[]): void {
    this.#lastRead = items.at(-1)?.sequence ?? this.#lastRead;
    this.#progress.began(items);
    for (const item of items) this.#lanes[laneOf(item.key, this.#lanes.length)]!.add(item);
  }
}

/** Records of one key are always in one lane. */
function laneOf(key: string, count: number): number {
  return count === 1 ? 0 : createHash("md5").update(key).digest().readUInt32BE() % count;
}
