import type { SQLInputValue } from "node:sqlite";
import type { IndexSchema, RowKey } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import type { ItemRows, StoredItem } from "./item-rows.ts";

/** A stretch of keys; each end may be open. */
export interface ByteRange {
  readonly low?: { readonly bytes: Uint8Array; readonly inclusive: boolean };
  readonly high?: { readonly bytes: Uint8Array; readonly inclusive: boolean };
}

/** What to read: one partition and a stretch of its sort keys, or a stretch of all partitions. */
export type Stretch =
  | { readonly kind: "query"; readonly hash: Uint8Array; readonly range: ByteRange; readonly forward: boolean }
  | { readonly kind: "scan"; readonly hash: ByteRange };

/** The last row that has been read: an item's place in the table and, when an index is read, in the index. */
export interface Position {
  readonly row: RowKey;
  readonly entry?: RowKey;
}

/** The items of the stretch in the order of their keys, behind `after`, read lazily. */
export function readStretch(
  rows: ItemRows,
  table: Table,
  index: IndexSchema | undefined,
  stretch: Stretch,
  after: Position | undefined,
): Generator<StoredItem> {
  const query = new SelectBuilder(table, index);
  const forward = stretch.kind === "scan" || stretch.forward;
  if (stretch.kind === "query") {
    query.where("hash = ?", stretch.hash);
    query.within("range", after ? restOf(stretch.range, forward) : stretch.range);
  } else {
    query.within("hash", after ? restOf(stretch.hash, forward) : stretch.hash);
  }
  if (after) query.behind(after, stretch.kind, forward);
  return rows.select(query.sql(forward), query.values);
}

/** The bound that is still ahead: the other is behind the start position, where SQLite starts. */
function restOf({ low, high }: ByteRange, forward: boolean): ByteRange {
  return forward ? { high } : { low };
}

class SelectBuilder {
  readonly values: SQLInputValue[];
  readonly #conditions: string[];
  readonly #isIndex: boolean;

  constructor(table: Table, index: IndexSchema | undefined) {
    this.#isIndex = index !== undefined;
    this.values = index ? [table.id, index.index.id] : [table.id];
    this.#conditions = [index ? "at.index_id = ?" : "at.table_id = ?"];
  }

  where(condition: string, value: SQLInputValue): void {
    this.#conditions.push(`at.${condition}`);
    this.values.push(value);
  }

  within(column: "hash" | "range", { low, high }: ByteRange): void {
    if (low) this.where(`${column} ${low.inclusive ? ">=" : ">"} ?`, low.bytes);
    if (high) this.where(`${column} ${high.inclusive ? "<=" : "<"} ?`, high.bytes);
  }

  /** A query's partition is given, and naming it again would keep SQLite from starting at the place. */
  behind({ row, entry }: Position, kind: Stretch["kind"], forward: boolean): void {
    const places: [column: string, bytes: Uint8Array][] = entry
      ? [
          ["hash", entry.hash],
          ["range", entry.range],
          ["item_hash", row.hash],
          ["item_range", row.range],
        ]
      : [
          ["hash", row.hash],
          ["range", row.range],
        ];
    const used = kind === "query" ? places.slice(1) : places;
    const columns = used.map(([column]) => `at.${column}`).join(", ");
    this.#conditions.push(`(${columns}) ${forward ? ">" : "<"} (${used.map(() => "?").join(", ")})`);
    this.values.push(...used.map(([, bytes]) => bytes));
  }

  sql(forward: boolean): string {
    const direction = forward ? "ASC" : "DESC";
    const columns = this.#isIndex ? ["hash", "range", "item_hash", "item_range"] : ["hash", "range"];
    const order = columns.map((column) => `at.${column} ${direction}`).join(", ");
    const from = this.#isIndex
      ? `dynamodb_index_entries AS at CROSS JOIN dynamodb_items AS row
         ON row.table_id = ? AND row.hash = at.item_hash AND row.range = at.item_range`
      : "dynamodb_items AS at";
    const source = this.#isIndex ? "row" : "at";
    return `SELECT ${source}.item, ${source}.size FROM ${from} WHERE ${this.#conditions.join(" AND ")} ORDER BY ${order}`;
  }
}
