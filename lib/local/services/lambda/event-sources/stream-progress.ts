import type { StreamItem } from "./stream-types.ts";
import type { Lambda } from "../context.ts";
import type { MappingRecord } from "../records.ts";

/** Precedes a shard's birth in place of a sequence number when it was read to its end. */
const END = "END ";

/** A mapping's progress in a shard, stored so that a killed cloud continues there. */
export class StreamProgress {
  readonly #lambda: Lambda;
  readonly #key: string;
  /** What was read and is not done, in order. */
  readonly #under: StreamItem[] = [];
  readonly #done = new Set<StreamItem>();

  constructor(lambda: Lambda, { uuid }: Pick<MappingRecord, "uuid">, shardId: string) {
    this.#lambda = lambda;
    this.#key = `${uuid}/${shardId}`;
  }

  /** The last sequence number before which nothing is left to do. */
  get position(): string | undefined {
    const kept = this.#lambda.state.positions.get(this.#key);
    return kept?.startsWith(END) ? undefined : kept;
  }

  /** Whether the shard of this birth was read to its end. */
  isAtEnd(birth: string): boolean {
    return this.#lambda.state.positions.get(this.#key) === `${END}${birth}`;
  }

  began(items: readonly StreamItem[]): void {
    this.#under.push(...items);
  }

  /** Marks these items as processed or discarded; the position moves up to the first item that is not. */
  finished(items: readonly StreamItem[]): void {
    for (const item of items) this.#done.add(item);
    let last: StreamItem | undefined;
    let count = 0;
    for (const item of this.#under) {
      if (!this.#done.delete(item)) break;
      last = item;
      count++;
    }
    this.#under.splice(0, count);
    if (last !== undefined) this.#lambda.state.positions.put(this.#key, last.sequence);
  }

  ended(birth: string): void {
    this.#lambda.state.positions.put(this.#key, `${END}${birth}`);
  }
}
