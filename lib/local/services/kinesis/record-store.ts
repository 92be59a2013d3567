import type { EncryptionType } from "@aws-sdk/client-kinesis";
import { Statement } from "../../state/statements.ts";
import type { Store } from "../../state/store.ts";
import type { DataRecord, ShardRecord, StreamRecord } from "./records.ts";

const HOUR_MS = 60 * 60 * 1000;
const SWEEP_EVERY_MS = 60 * 1000;

interface Row {
  readonly number: number;
  readonly arrived: number;
  readonly partition_key: string;
  readonly encryption: EncryptionType;
  readonly data: Uint8Array;
}

/** The records of all streams, in a table of their own, in the order of their arrival. */
export class RecordStore {
  readonly #store: Store;
  readonly #append;
  readonly #read;
  readonly #next;
  readonly #since;
  readonly #last;
  readonly #sweep;
  readonly #drop;
  readonly #sweptMs = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
    store.sql.exec(`
      CREATE TABLE IF NOT EXISTS kinesis_records (
        number INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, shard INTEGER NOT NULL,
        arrived INTEGER NOT NULL, partition_key TEXT NOT NULL, encryption TEXT NOT NULL, data BLOB NOT NULL
      );
      CREATE INDEX IF NOT EXISTS kinesis_records_order ON kinesis_records (stream, shard, number);
      CREATE INDEX IF NOT EXISTS kinesis_records_age ON kinesis_records (stream, arrived);
    `);
    const prepare = <R = never>(text: string) => new Statement<R>(store.sql, text);
    this.#append = prepare(
      "INSERT INTO kinesis_records (stream, shard, arrived, partition_key, encryption, data) VALUES (?, ?, ?, ?, ?, ?)",
    );
    const page = "FROM kinesis_records WHERE stream = ? AND shard = ? AND number >= ? AND arrived > ? ORDER BY number";
    this.#read = prepare<Row>(`SELECT number, arrived, partition_key, encryption, data ${page}`);
    this.#next = prepare<Pick<Row, "arrived">>(`SELECT arrived ${page} LIMIT 1`);
    this.#since = prepare<{ number: number | null }>(
      "SELECT min(number) AS number FROM kinesis_records WHERE stream = ? AND shard = ? AND arrived >= ?",
    );
    this.#last = prepare<{ last: number }>(
      "SELECT coalesce(max(seq), 0) AS last FROM sqlite_sequence WHERE name = 'kinesis_records'",
    );
    this.#sweep = prepare("DELETE FROM kinesis_records WHERE stream = ? AND arrived <= ?");
    this.#drop = prepare("DELETE FROM kinesis_records WHERE stream = ?");
  }

  /** Returns the record's number. */
  add({ id, encryption }: StreamRecord, shard: ShardRecord, record: Omit<DataRecord, "number" | "encryption">): number {
    const { arrivedMs, partitionKey, data } = record;
    this.#store.touch();
    return Number(this.#append.run(id, shard.index, arrivedMs, partitionKey, encryption, data).lastInsertRowid);
  }

  /** Up to `count` records of about `bytes` together (one at least), from `number` on, that are still retained. */
  read(
    stream: StreamRecord,
    shard: ShardRecord,
    { number, count, bytes, nowMs }: { number: number; count: number; bytes: number; nowMs: number },
  ): DataRecord[] {
    const records: DataRecord[] = [];
    let size = 0;
    const rows = this.#read.iterate(stream.id, shard.index, number, horizonOf(stream, nowMs));
    for (const row of rows) {
      size += row.data.byteLength + Buffer.byteLength(row.partition_key);
      if (records.length > 0 && size > bytes) break;
      const { arrived: arrivedMs, partition_key: partitionKey, encryption, data } = row;
      records.push({ number: row.number, arrivedMs, partitionKey, encryption, data });
      if (records.length === count) break;
    }
    return records;
  }

  /** When the first record from `number` on arrived; undefined where there is none. */
  arrivalOfNext(stream: StreamRecord, shard: ShardRecord, number: number, nowMs: number): number | undefined {
    const row = this.#next.get(stream.id, shard.index, number, horizonOf(stream, nowMs));
    return row?.arrived;
  }

  /** The number of the first record that arrived then or later; the next one to come where there is none. */
  numberSince(stream: StreamRecord, shard: ShardRecord, atMs: number): number {
    const { number } = this.#since.one(stream.id, shard.index, atMs);
    return number ?? this.last() + 1;
  }

  /** The number of the latest record of any stream. */
  last(): number {
    return this.#last.one().last;
  }

  /** Removes records beyond the retention period; checks once a minute. */
  sweep(stream: StreamRecord, nowMs: number): void {
    const sweptMs = this.#sweptMs.get(stream.id) ?? 0;
    if (nowMs - sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs.set(stream.id, nowMs);
    this.#store.touch();
    this.#sweep.run(stream.id, horizonOf(stream, nowMs));
  }

  drop(stream: StreamRecord): void {
    this.#sweptMs.delete(stream.id);
    this.#store.touch();
    this.#drop.run(stream.id);
  }
}

/** What arrived then or before can be read no longer. */
function horizonOf({ retentionHours }: StreamRecord, nowMs: number): number {
  return nowMs - retentionHours * HOUR_MS;
}
