import type { Engine } from "../context.ts";
import type { StoredItem } from "../rows/item-rows.ts";
import type { RowKey } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import type { ItemChange } from "./write-item.ts";

/** A write whose request has been read and found good in itself. */
export interface PreparedWrite {
  readonly table: Table;
  /** Where it goes. Refuses a key that does not fit the table. */
  locate(): RowKey;
  /** What comes after `before`, or nothing. Refuses when the condition is not met or the update cannot be done. */
  decide(before: StoredItem | undefined): StoredItem | undefined;
}

/** Decides a write by the item that is there now. */
export function decideWrite(engine: Engine, write: PreparedWrite): ItemChange {
  const place = write.locate();
  const before = engine.rows.get(write.table, place);
  return { table: write.table, place, before, after: write.decide(before) };
}
