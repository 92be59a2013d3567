import type { DatabaseSync } from "node:sqlite";
import { Statement } from "../../../state/statements.ts";
import { decodeValue, encodeValue } from "../../../state/store-value.ts";
import type { Store } from "../../../state/store.ts";
import type { PartRecord, UploadRecord } from "../records.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS s3_uploads (
    bucket TEXT, key TEXT, id TEXT, record TEXT, PRIMARY KEY (bucket, key, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS s3_parts (
    upload TEXT, number INTEGER, record TEXT, PRIMARY KEY (upload, number)) WITHOUT ROWID;`;

/** Multipart uploads under way and their parts. */
export class UploadTable {
  readonly #store: Store;
  readonly #sql: DatabaseSync;

  constructor(store: Store) {
    this.#store = store;
    this.#sql = store.sql;
    this.#sql.exec(SCHEMA);
  }

  #select(text: string): Statement<{ record: string }> {
    return new Statement(this.#sql, text);
  }

  get(bucket: string, key: string, id: string): UploadRecord | undefined {
    const row = this.#select("SELECT record FROM s3_uploads WHERE bucket = ? AND key = ? AND id = ?").get(
      bucket,
      key,
      id,
    );
    return row && decodeValue<UploadRecord>(row.record);
  }

  /** By key, then oldest first. */
  list(bucket: string): UploadRecord[] {
    const rows = this.#select("SELECT record FROM s3_uploads WHERE bucket = ? ORDER BY key, id").all(bucket);
    return rows.map((row) => decodeValue<UploadRecord>(row.record));
  }

  put(upload: UploadRecord): void {
    this.#store.touch();
    this.#sql
      .prepare("INSERT INTO s3_uploads VALUES (?, ?, ?, ?)")
      .run(upload.bucket, upload.key, upload.id, encodeValue(upload));
  }

  /** Removes the upload and returns the parts that it had. */
  delete(upload: UploadRecord): PartRecord[] {
    const parts = this.parts(upload.id);
    this.#store.touch();
    this.#sql
      .prepare("DELETE FROM s3_uploads WHERE bucket = ? AND key = ? AND id = ?")
      .run(upload.bucket, upload.key, upload.id);
    this.#sql.prepare("DELETE FROM s3_parts WHERE upload = ?").run(upload.id);
    return parts;
  }

  /** By number. */
  parts(uploadId: string): PartRecord[] {
    const rows = this.#select("SELECT record FROM s3_parts WHERE upload = ? ORDER BY number").all(uploadId);
    return rows.map((row) => decodeValue<PartRecord>(row.record));
  }

  /** Keeps a part and returns the one that it replaces. */
  putPart(uploadId: string, part: PartRecord): PartRecord | undefined {
    const before = this.#select("SELECT record FROM s3_parts WHERE upload = ? AND number = ?").get(
      uploadId,
      part.number,
    );
    this.#store.touch();
    this.#sql
      .prepare("INSERT INTO s3_parts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record")
      .run(uploadId, part.number, encodeValue(part));
    return before && decodeValue<PartRecord>(before.record);
  }
}
