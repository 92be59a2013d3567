import type { ShardRecord, StreamRecord } from "./records.ts";

const MEBIBYTE = 1024 * 1024;

/** https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html, of one shard in a second. */
const WRITES = { records: 1000, bytes: MEBIBYTE };
const READS = { calls: 5, bytes: 2 * MEBIBYTE };

/** What can be taken now, refilled at an even rate. It goes below nothing for what is larger than it. */
interface Bucket {
  left: number;
  atMs: number;
}

/** Counts the traffic into and out of shards, by the cloud's clock. A restart resets the counts. */
export class Throughput {
  readonly #buckets = new Map<string, Bucket>();

  /** Whether the shard takes a record of this size now; it is counted then. */
  tryWrite(stream: StreamRecord, shard: ShardRecord, bytes: number, nowMs: number): boolean {
    const records = this.#bucket(stream, shard, "writes", WRITES.records, nowMs);
    const room = this.#bucket(stream, shard, "write bytes", WRITES.bytes, nowMs);
    if (records.left < 1 || room.left < Math.min(bytes, WRITES.bytes)) return false;
    records.left -= 1;
    room.left -= bytes;
    return true;
  }

  /** Whether the shard can be read now; the call is counted then. */
  tryRead(stream: StreamRecord, shard: ShardRecord, nowMs: number): boolean {
    const calls = this.#bucket(stream, shard, "reads", READS.calls, nowMs);
    const room = this.#bucket(stream, shard, "read bytes", READS.bytes, nowMs);
    if (calls.left < 1 || room.left < 0) return false;
    calls.left -= 1;
    return true;
  }

  /** Counts what a call has read. */
  read(stream: StreamRecord, shard: ShardRecord, bytes: number, nowMs: number): void {
    this.#bucket(stream, shard, "read bytes", READS.bytes, nowMs).left -= bytes;
  }

  #bucket({ id }: StreamRecord, { index }: ShardRecord, name: string, aSecond: number, nowMs: number): Bucket {
    const key = `${id} ${index} ${name}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, (bucket = { left: aSecond, atMs: nowMs }));
    bucket.left = Math.min(aSecond, bucket.left + ((nowMs - bucket.atMs) / 1000) * aSecond);
    bucket.atMs = nowMs;
    return bucket;
  }
}
