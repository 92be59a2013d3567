import type { Checked } from "../kit/checked.ts";
import type { KeySchemaElement, StreamViewType } from "@aws-sdk/client-dynamodb";
import { Statement } from "./statements.ts";
import type { Store } from "./store.ts";
import { decodeValue, encodeValue } from "./store-value.ts";

/** A table's stream, as DynamoDB keeps it and DynamoDB Streams reads it. */
export interface ChangeStream {
  readonly id: number;
  readonly arn: string;
  readonly label: string;
  readonly region: string;
  readonly tableName: string;
  readonly viewType: StreamViewType;
  readonly keySchema: readonly Checked<KeySchemaElement>[];
  readonly createdMs: number;
  /** Where its changes begin among those of all streams. */
  readonly firstSequence: number;
  /** When it was switched off, or its table deleted; it can be read for another day. */
  readonly disabledMs?: number;
}

/** One change of an item. Attributes are in DynamoDB's own notation. */
export interface Change {
  readonly kind: "INSERT" | "MODIFY" | "REMOVE";
  readonly createdMs: number;
  readonly keys: object;
  readonly oldImage?: object;
  readonly newImage?: object;
  /** As DynamoDB counts them. */
  readonly sizes: { readonly keys: number; readonly oldImage: number; readonly newImage: number };
  /** Whether time to live removed the item, and no caller. */
  readonly expired?: boolean;
}

/** How long a change can be read: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const CHANGES_KEPT_MS = 24 * 60 * 60 * 1000;

/** The changes of all tables with a stream, in the order in which they happened. */
export class ChangeStreams {
  readonly #store: Store;
  readonly #streams;
  readonly #append;
  readonly #read;
  readonly #bounds;
  readonly #last;
  readonly #trim;

  constructor(store: Store) {
    this.#store = store;
    store.sql.exec(`
      CREATE TABLE IF NOT EXISTS dynamodb_stream_records (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, stream_id INTEGER NOT NULL, created INTEGER NOT NULL,
        change TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS dynamodb_stream_order ON dynamodb_stream_records (stream_id, sequence);
      CREATE INDEX IF NOT EXISTS dynamodb_stream_age ON dynamodb_stream_records (created);
    `);
    this.#streams = store.collection<ChangeStream>("dynamodb.streams");
    this.#append = new Statement(
      store.sql,
      "INSERT INTO dynamodb_stream_records (stream_id, created, change) VALUES (?, ?, ?)",
    );
    this.#read = new Statement<{ sequence: number; change: string }>(
      store.sql,
      "SELECT sequence, change FROM dynamodb_stream_records WHERE stream_id = ? AND sequence >= ? AND created > ? ORDER BY sequence LIMIT ?",
    );
    this.#bounds = new Statement<{ first: number | null; last: number | null }>(
      store.sql,
      "SELECT min(sequence) AS first, max(sequence) AS last FROM dynamodb_stream_records WHERE stream_id = ? AND created > ?",
    );
    this.#last = new Statement<{ last: number }>(
      store.sql,
      "SELECT coalesce(max(seq), 0) AS last FROM sqlite_sequence WHERE name = 'dynamodb_stream_records'",
    );
    this.#trim = new Statement(store.sql, "DELETE FROM dynamodb_stream_records WHERE created <= ?");
  }

  find(arn: string): ChangeStream | undefined {
    return this.#streams.get(arn);
  }

  /** The region's streams by their ARNs. */
  list(region: string): ChangeStream[] {
    return this.#streams.list(`arn:aws:dynamodb:${region}:`).map(([, stream]) => stream);
  }

  /** Begins a stream. */
  create(stream: Omit<ChangeStream, "id" | "firstSequence">): ChangeStream {
    const firstSequence = this.lastSequence() + 1;
    const known = this.#streams.list().map(([, { id }]) => id);
    const created = { ...stream, id: Math.max(0, ...known) + 1, firstSequence };
    this.#streams.put(stream.arn, created);
    return created;
  }

  /** Ends the stream: nothing is added any more, what is there stays readable for a day. */
  disable(arn: string, nowMs: number): void {
    const stream = this.#streams.get(arn);
    if (stream && stream.disabledMs === undefined) this.#streams.put(arn, { ...stream, disabledMs: nowMs });
  }

  /** The number of the latest change of any stream. */
  lastSequence(): number {
    return this.#last.one().last;
  }

  append(stream: Pick<ChangeStream, "id">, change: Change): void {
    this.#store.touch();
    this.#append.run(stream.id, change.createdMs, encodeValue(change));
  }

  /** Up to `limit` changes of the last day, from `sequence` on. */
  read(stream: ChangeStream, sequence: number, limit: number, nowMs: number): { sequence: number; change: Change }[] {
    const rows = this.#read.all(stream.id, sequence, nowMs - CHANGES_KEPT_MS, limit);
    return rows.map((row) => ({ sequence: row.sequence, change: decodeValue<Change>(row.change) }));
  }

  /** The first and the last change that can still be read; undefined when there is none. */
  bounds(stream: ChangeStream, nowMs: number): { first: number; last: number } | undefined {
    const row = this.#bounds.one(stream.id, nowMs - CHANGES_KEPT_MS);
    return row.first === null || row.last === null ? undefined : { first: row.first, last: row.last };
  }

  /** Deletes changes that are a day old, and streams that ended a day ago. */
  trim(nowMs: number): void {
    const horizonMs = nowMs - CHANGES_KEPT_MS;
    this.#store.touch();
    this.#trim.run(horizonMs);
    for (const [arn, stream] of this.#streams.list())
      if (stream.disabledMs !== undefined && stream.disabledMs <= horizonMs) this.#streams.delete(arn);
  }
}
