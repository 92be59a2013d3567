import type { DatabaseSync } from "node:sqlite";
import { Statement } from "../../../state/statements.ts";
import { decodeValue, encodeValue } from "../../../state/store-value.ts";
import type { Store } from "../../../state/store.ts";
import type { VersionRecord } from "../records.ts";

/** A version with its position. */
export interface PlacedVersion {
  readonly key: string;
  /** Rises with every write to the cloud's S3. */
  readonly sequence: number;
  readonly latest: boolean;
  readonly record: VersionRecord;
}

/** Where a listing continues: after a key, or from a key on. */
export interface KeyBound {
  readonly key: string;
  readonly inclusive: boolean;
}

interface Row {
  key: string;
  sequence: number;
  latest: number;
  record: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS s3_versions (
    bucket TEXT, key TEXT, sequence INTEGER, version TEXT, latest INTEGER, marker INTEGER, record TEXT,
    PRIMARY KEY (bucket, key, sequence)) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS s3_versions_by_id ON s3_versions (bucket, key, version);
  CREATE INDEX IF NOT EXISTS s3_versions_current ON s3_versions (bucket, key) WHERE latest = 1 AND marker = 0;`;

const PAGE = 1000;

/** All versions of all objects, in the order of keys (by UTF-8 bytes) and, within a key, newest first. */
export class ObjectTable {
  readonly #store: Store;
  readonly #sql: DatabaseSync;
  #sequence: number;

  constructor(store: Store) {
    this.#store = store;
    this.#sql = store.sql;
    this.#sql.exec(SCHEMA);
    const row = this.#sql.prepare("SELECT max(sequence) AS last FROM s3_versions").get();
    this.#sequence = Number(row?.["last"] ?? 0);
  }

  /** A number higher than any before, close to `nowMs` in microseconds. */
  nextSequence(nowMs: number): number {
    this.#sequence = Math.max(this.#sequence + 1, nowMs * 1000);
    return this.#sequence;
  }

  /** The latest version, which may be a delete marker. */
  latest(bucket: string, key: string): PlacedVersion | undefined {
    return this.#one(
      "SELECT * FROM s3_versions WHERE bucket = ? AND key = ? ORDER BY sequence DESC LIMIT 1",
      bucket,
      key,
    );
  }

  version(bucket: string, key: string, versionId: string): PlacedVersion | undefined {
    return this.#one("SELECT * FROM s3_versions WHERE bucket = ? AND key = ? AND version = ?", bucket, key, versionId);
  }

  /** Adds a version as the latest of its key. */
  insert(bucket: string, key: string, sequence: number, record: VersionRecord): void {
    this.#store.touch();
    this.#sql.prepare("UPDATE s3_versions SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1").run(bucket, key);
    const marker = record.deleteMarker ? 1 : 0;
    this.#sql
      .prepare("INSERT INTO s3_versions VALUES (?, ?, ?, ?, 1, ?, ?)")
      .run(bucket, key, sequence, record.versionId, marker, encodeValue(record));
  }

  /** Changes what is kept of a version. */
  update(bucket: string, key: string, sequence: number, record: VersionRecord): void {
    this.#store.touch();
    this.#sql
      .prepare("UPDATE s3_versions SET record = ? WHERE bucket = ? AND key = ? AND sequence = ?")
      .run(encodeValue(record), bucket, key, sequence);
  }

  /** Removes a version; the next newest becomes the latest. */
  remove(bucket: string, key: string, sequence: number): void {
    this.#store.touch();
    this.#sql
      .prepare("DELETE FROM s3_versions WHERE bucket = ? AND key = ? AND sequence = ?")
      .run(bucket, key, sequence);
    this.#sql
      .prepare(
        `UPDATE s3_versions SET latest = 1 WHERE bucket = ?1 AND key = ?2 AND sequence =
           (SELECT max(sequence) FROM s3_versions WHERE bucket = ?1 AND key = ?2)`,
      )
      .run(bucket, key);
  }

  /** Whether the bucket holds anything, delete markers too. */
  isEmpty(bucket: string): boolean {
    return this.#sql.prepare("SELECT 1 FROM s3_versions WHERE bucket = ? LIMIT 1").get(bucket) === undefined;
  }

  /** Latest versions that are not delete markers, from a key on. Stop reading when you have enough. */
  *current(bucket: string, from: KeyBound): Generator<PlacedVersion> {
    const read = (inclusive: boolean) =>
      new Statement<Row>(
        this.#sql,
        `SELECT * FROM s3_versions WHERE bucket = ? AND key ${inclusive ? ">=" : ">"} ? AND latest = 1 AND marker = 0
         ORDER BY key LIMIT ${PAGE}`,
      );
    for (const row of pages(read(from.inclusive), read(false), bucket, from.key)) yield place(row);
  }

  /** All versions from a key on; within a key, newest first. */
  *all(bucket: string, from: KeyBound): Generator<PlacedVersion> {
    const versions = new Statement<Row>(
      this.#sql,
      "SELECT * FROM s3_versions WHERE bucket = ? AND key = ? ORDER BY sequence DESC",
    );
    const read = (inclusive: boolean) =>
      new Statement<{ key: string }>(
        this.#sql,
        `SELECT DISTINCT key FROM s3_versions WHERE bucket = ? AND key ${inclusive ? ">=" : ">"} ?
         ORDER BY key LIMIT ${PAGE}`,
      );
    for (const { key } of pages(read(from.inclusive), read(false), bucket, from.key)) {
      for (const row of versions.all(bucket, key)) yield place(row);
    }
  }

  #one(query: string, ...values: string[]): PlacedVersion | undefined {
    const row = new Statement<Row>(this.#sql, query).get(...values);
    return row && place(row);
  }
}

function* pages<R extends { key: string }>(
  first: Statement<R>,
  next: Statement<R>,
  bucket: string,
  from: string,
): Generator<R> {
  let rows = first.all(bucket, from);
  for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
    yield* rows;
    if (rows.length < PAGE) return;
    rows = next.all(bucket, last.key);
  }
}

function place(row: Row): PlacedVersion {
  return {
    key: row.key,
    sequence: row.sequence,
    latest: row.latest === 1,
    record: decodeValue<VersionRecord>(row.record),
  };
}
