import type { Change } from "../../../state/change-stream.ts";
import type { Engine } from "../context.ts";
import { activeDestinations, addKinesisDeliveries } from "../kinesis-deliveries.ts";
import type { RowKey } from "../tables/table-schema.ts";
import { schemaOf } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { emptyItem, type Item } from "../values/attribute-value.ts";
import { itemsEqual } from "../values/compare-values.ts";
import { itemSize } from "../values/value-size.ts";
import type { StoredItem } from "../rows/item-rows.ts";

/** A change of one item: `before` or `after` is missing where there was or will be none. */
export interface ItemChange {
  readonly table: Table;
  readonly place: RowKey;
  readonly before: StoredItem | undefined;
  readonly after: StoredItem | undefined;
  /** Whether time to live removes it. */
  readonly expired?: boolean;
}

/** Carries changes out, all or none, in the table, its indexes and its stream. */
export function writeItems(engine: Engine, changes: readonly ItemChange[]): void {
  engine.cloud.store.transaction(() => {
    for (const change of changes) {
      if (!change.before && !change.after) continue;
      engine.rows.replace(change.table, change.place, change.before?.item, change.after);
      appendToStream(engine, change);
    }
  });
}

/** A write that changes nothing leaves no trace in streams. */
function appendToStream(engine: Engine, itemChange: ItemChange): void {
  const { table, before, after } = itemChange;
  const isRead = table.stream !== undefined || activeDestinations(table).length > 0;
  if (!isRead || (before && after && itemsEqual(before.item, after.item))) return;
  const change = toChange(engine, itemChange);
  if (table.stream !== undefined) engine.changes.append(table.stream, change);
  addKinesisDeliveries(engine.kinesis, table, change);
}

function toChange(engine: Engine, { table, before, after, expired }: ItemChange): Change {
  const keys = keysOf(table, (after ?? before)!.item);
  return {
    kind: before ? (after ? "MODIFY" : "REMOVE") : "INSERT",
    createdMs: engine.cloud.clock.now(),
    keys,
    ...(before && { oldImage: before.item }),
    ...(after && { newImage: after.item }),
    sizes: { keys: itemSize(keys), oldImage: before?.size ?? 0, newImage: after?.size ?? 0 },
    ...(expired && { expired }),
  };
}

/** Just the attributes of the table's key. */
function keysOf(table: Table, item: Item): Item {
  const keys = emptyItem();
  for (const { name } of schemaOf(table).key.attributes) keys[name] = item[name]!;
  return keys;
}
