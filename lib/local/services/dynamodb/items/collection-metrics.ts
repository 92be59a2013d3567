import type { ItemCollectionMetrics, ReturnItemCollectionMetrics } from "@aws-sdk/client-dynamodb";
import type { Engine } from "../context.ts";
import { schemaOf, type RowKey } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import type { Item } from "../values/attribute-value.ts";

const GIGABYTE = 1024 ** 3;

/** How large the item's collection is; only tables with local indexes have collections. */
export function collectionMetrics(
  engine: Engine,
  table: Table,
  place: RowKey,
  item: Item,
  wanted: ReturnItemCollectionMetrics | undefined,
): ItemCollectionMetrics | undefined {
  if (wanted !== "SIZE" || table.localIndexes.length === 0) return undefined;
  const { name } = schemaOf(table).key.partition;
  const gigabytes = engine.rows.partitionBytes(table, place.hash) / GIGABYTE;
  return {
    ItemCollectionKey: { [name]: item[name]! },
    SizeEstimateRangeGB: [Math.floor(gigabytes), Math.floor(gigabytes) + 1],
  };
}
