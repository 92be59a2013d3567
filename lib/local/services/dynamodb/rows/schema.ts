import type { Store } from "../../../state/store.ts";

/**
 * The tables of the engine. `hash` is the partition key behind four bytes of its MD5, `range` the sort key, both in
 * bytes that sort as the keys do; so a page of a query or a scan is a range of the primary key.
 */
export function createSchema(store: Store): void {
  store.sql.exec(`
    CREATE TABLE IF NOT EXISTS dynamodb_items (
      table_id INTEGER NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL,
      size INTEGER NOT NULL, expires INTEGER, item TEXT NOT NULL,
      PRIMARY KEY (table_id, hash, range)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS dynamodb_expiry ON dynamodb_items (table_id, expires) WHERE expires IS NOT NULL;
    CREATE TABLE IF NOT EXISTS dynamodb_index_entries (
      index_id INTEGER NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL,
      item_hash BLOB NOT NULL, item_range BLOB NOT NULL,
      PRIMARY KEY (index_id, hash, range, item_hash, item_range)
    ) WITHOUT ROWID;
  `);
}
