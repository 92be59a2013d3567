import type { StreamShard, StreamSource } from "./stream-types.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { isAwsError } from "../../../aws-error.ts";
import type { Lambda } from "../context.ts";
import { noteResult } from "./mapping-role.ts";
import { POLL_MS, ShardFollower } from "./shard-follower.ts";
import { StreamProgress } from "./stream-progress.ts";
import { openStreamSource } from "./stream-source.ts";

/** Reads a stream shard by shard, parents before their children, and hands its records to the mapping's function. */
export class StreamPoller {
  readonly #lambda: Lambda;
  readonly #uuid: string;
  readonly #ending = new AbortController();
  readonly #following = new Set<string>();
  #complaint = "";

  constructor(lambda: Lambda, uuid: string) {
    this.#lambda = lambda;
    this.#uuid = uuid;
  }

  start(): void {
    this.#run().catch((error: unknown) => this.#complain(error));
  }

  stop(): void {
    this.#ending.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    const mapping = this.#lambda.state.mappings.get(this.#uuid);
    if (mapping === undefined) return;
    const source = openStreamSource(this.#lambda, mapping);
    while (!signal.aborted) {
      const shards = await source.shards().catch((error: unknown) => {
        this.#complain(error);
        return [];
      });
      for (const shard of shards) if (this.#isNext(shard, shards)) this.#follow(source, shard);
      await sleep(POLL_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }

  /** A shard is started when its parents are done, or no longer in the stream. */
  #isNext(shard: StreamShard, shards: readonly StreamShard[]): boolean {
    if (this.#following.has(shard.id) || this.#isDone(shard)) return false;
    const parents = shards.filter(({ id }) => shard.parents.includes(id));
    return parents.every((parent) => this.#isDone(parent));
  }

  #isDone({ id, birth }: StreamShard): boolean {
    return new StreamProgress(this.#lambda, { uuid: this.#uuid }, id).isAtEnd(birth);
  }

  #follow(source: StreamSource, shard: StreamShard): void {
    this.#following.add(shard.id);
    const { signal } = this.#ending;
    new ShardFollower({ lambda: this.#lambda, uuid: this.#uuid, source, shard, signal })
      .run()
      .catch((error: unknown) => this.#complain(error))
      .finally(() => this.#following.delete(shard.id));
  }

  /** A failure that repeats is retried, and reported once. */
  #complain(error: unknown): void {
    if (isAwsError(error)) noteResult(this.#lambda, this.#uuid, `PROBLEM: ${error.message}`);
    const complaint = String(error);
    if (this.#ending.signal.aborted || complaint === this.#complaint) return;
    this.#complaint = complaint;
    this.#lambda.cloud.log(`lambda: event source ${this.#uuid}: ${complaint}`);
  }
}
