import type {
  ConsumedCapacity,
  ItemCollectionMetrics,
  ReturnConsumedCapacity,
  ReturnItemCollectionMetrics,
} from "@aws-sdk/client-dynamodb";
import type { Engine } from "../context.ts";
import type { Table } from "../tables/table.ts";
import type { Item } from "../values/attribute-value.ts";
import { CapacityMeter } from "./capacity.ts";
import { collectionMetrics } from "./collection-metrics.ts";
import type { ItemChange } from "./write-item.ts";

interface Wanted {
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity;
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics;
}

interface Report {
  readonly ConsumedCapacity?: ConsumedCapacity[];
  readonly ItemCollectionMetrics?: Record<string, ItemCollectionMetrics[]>;
}

/** What a batch or a transaction of writes reports, by table. `key` has at least the partition key. */
export function reportWrites(
  engine: Engine,
  changes: readonly (ItemChange & { readonly key: Item })[],
  wanted: Wanted,
  transactional = false,
): Report {
  const meters = new Map<Table, CapacityMeter>();
  const metrics = new Map<string, ItemCollectionMetrics[]>();
  for (const change of changes) {
    const { table, place, key } = change;
    const meter = meters.get(table) ?? new CapacityMeter(table, "write", transactional);
    meter.write(change);
    meters.set(table, meter);
    const collection = collectionMetrics(engine, table, place, key, wanted.ReturnItemCollectionMetrics);
    if (collection) metrics.set(table.name, [...(metrics.get(table.name) ?? []), collection]);
  }
  const consumed = [...meters.values()]
    .map((meter) => meter.report(wanted.ReturnConsumedCapacity))
    .filter((report) => report !== undefined);
  return {
    ...(consumed.length > 0 && { ConsumedCapacity: consumed }),
    ...(metrics.size > 0 && { ItemCollectionMetrics: Object.fromEntries(metrics) }),
  };
}
