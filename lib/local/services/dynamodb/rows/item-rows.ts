import type { SQLInputValue } from "node:sqlite";
import { type Statement, Statements } from "../../../state/statements.ts";
import type { Store } from "../../../state/store.ts";
import { schemaOf, tryRowKey, type IndexSchema, type RowKey } from "../tables/table-schema.ts";
import type { Index, Table } from "../tables/table.ts";
import type { Item } from "../values/attribute-value.ts";
import { decodeItem, encodeItem } from "../values/stored-item.ts";

/** An item as it is kept, with its size in DynamoDB's bytes. */
export interface StoredItem {
  readonly item: Item;
  readonly size: number;
}

/** A row of the table of items; `item` is JSON. */
interface ItemRow {
  readonly item: string;
  readonly size: number;
}

/** How many items a table or an index has, and their size in DynamoDB's bytes. */
export interface ItemTotals {
  readonly items: number;
  readonly bytes: number;
}

/** The items of all tables, and the entries that put them into their indexes. */
export class ItemRows {
  readonly #store: Store;
  readonly #statements: Statements;

  constructor(store: Store) {
    this.#store = store;
    this.#statements = new Statements(store.sql);
  }

  get(table: Table, { hash, range }: RowKey): StoredItem | undefined {
    const row = this.statement<ItemRow>(
      "SELECT item, size FROM dynamodb_items WHERE table_id = ? AND hash = ? AND range = ?",
    ).get(table.id, hash, range);
    return row && { item: decodeItem(row.item), size: row.size };
  }

  /** Puts `after` (or nothing) where `before` was (or nothing), in the table and in its indexes. */
  replace(table: Table, key: RowKey, before: Item | undefined, after: StoredItem | undefined): void {
    this.#store.touch();
    if (after)
      this.statement(
        "INSERT INTO dynamodb_items VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET size = excluded.size, expires = excluded.expires, item = excluded.item",
      ).run(table.id, key.hash, key.range, after.size, expiryOf(table, after.item), encodeItem(after.item));
    else
      this.statement("DELETE FROM dynamodb_items WHERE table_id = ? AND hash = ? AND range = ?").run(
        table.id,
        key.hash,
        key.range,
      );
    for (const index of schemaOf(table).indexes) this.#replaceEntry(index, key, before, after?.item);
  }

  /** Every item of the table, by the order of scans. */
  *all(table: Table): Generator<Item> {
    const rows = this.statement<Pick<ItemRow, "item">>(
      "SELECT item FROM dynamodb_items WHERE table_id = ? ORDER BY hash, range",
    ).all(table.id);
    for (const { item } of rows) yield decodeItem(item);
  }

  /** Puts all items that there are into a new index. */
  fillIndex(table: Table, index: IndexSchema): void {
    this.#store.touch();
    const { key } = schemaOf(table);
    for (const item of this.all(table)) this.#replaceEntry(index, tryRowKey(key, item)!, undefined, item);
  }

  emptyIndex({ id }: Index): void {
    this.#store.touch();
    this.statement("DELETE FROM dynamodb_index_entries WHERE index_id = ?").run(id);
  }

  deleteTable(table: Table): void {
    this.#store.touch();
    this.statement("DELETE FROM dynamodb_items WHERE table_id = ?").run(table.id);
    for (const { index } of schemaOf(table).indexes) this.emptyIndex(index);
  }

  /** Notes for every item when it expires, after time to live has been switched on or off. */
  noteExpiry(table: Table): void {
    this.#store.touch();
    const set = this.statement("UPDATE dynamodb_items SET expires = ? WHERE table_id = ? AND hash = ? AND range = ?");
    const { key } = schemaOf(table);
    for (const item of this.all(table)) {
      const { hash, range } = tryRowKey(key, item)!;
      set.run(expiryOf(table, item), table.id, hash, range);
    }
  }

  /** Items whose time came between the two moments, in seconds since the epoch. */
  expired(table: Table, fromS: number, toS: number, limit: number): StoredItem[] {
    return [
      ...this.select(
        "SELECT item, size FROM dynamodb_items WHERE table_id = ? AND expires BETWEEN ? AND ? ORDER BY expires LIMIT ?",
        [table.id, fromS, toS, limit],
      ),
    ];
  }

  totals(tableId: number): ItemTotals {
    return this.statement<ItemTotals>(
      "SELECT count(*) AS items, coalesce(sum(size), 0) AS bytes FROM dynamodb_items WHERE table_id = ?",
    ).one(tableId);
  }

  /** The bytes of all items with one partition key. */
  partitionBytes(table: Table, hash: Uint8Array): number {
    const row = this.statement<{ bytes: number }>(
      "SELECT coalesce(sum(size), 0) AS bytes FROM dynamodb_items WHERE table_id = ? AND hash = ?",
    ).one(table.id, hash);
    return row.bytes;
  }

  indexTotals(table: Table, index: Index): ItemTotals {
    return this.statement<ItemTotals>(
      `SELECT count(*) AS items, coalesce(sum(size), 0) AS bytes FROM dynamodb_index_entries AS entry
       JOIN dynamodb_items AS row ON row.table_id = ? AND row.hash = entry.item_hash AND row.range = entry.item_range
       WHERE entry.index_id = ?`,
    ).one(table.id, index.id);
  }

  /** Rows of a select that gives `item` and `size`, read lazily. */
  *select(sql: string, values: readonly SQLInputValue[]): Generator<StoredItem> {
    for (const row of this.statement<ItemRow>(sql).iterate(...values))
      yield { item: decodeItem(row.item), size: row.size };
  }

  /** A prepared statement, prepared once. */
  statement<R = never>(sql: string): Statement<R> {
    return this.#statements.prepare(sql);
  }

  #replaceEntry({ index, key }: IndexSchema, row: RowKey, before: Item | undefined, after: Item | undefined): void {
    const old = before && tryRowKey(key, before);
    const now = after && tryRowKey(key, after);
    if (old && now && sameKey(old, now)) return;
    if (old)
      this.statement(
        "DELETE FROM dynamodb_index_entries WHERE index_id = ? AND hash = ? AND range = ? AND item_hash = ? AND item_range = ?",
      ).run(index.id, old.hash, old.range, row.hash, row.range);
    if (now)
      this.statement("INSERT OR IGNORE INTO dynamodb_index_entries VALUES (?, ?, ?, ?, ?)").run(
        index.id,
        now.hash,
        now.range,
        row.hash,
        row.range,
      );
  }
}

function sameKey(a: RowKey, b: RowKey): boolean {
  return Buffer.compare(a.hash, b.hash) === 0 && Buffer.compare(a.range, b.range) === 0;
}

/** When time to live will remove the item, in seconds since the epoch; null where it will not. */
function expiryOf({ timeToLive }: Table, item: Item): number | null {
  const value = timeToLive && item[timeToLive.attribute];
  if (!value || !("N" in value)) return null;
  const seconds = Math.floor(Number(value.N));
  return Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : null;
}
