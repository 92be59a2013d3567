import type { Capacity, ConsumedCapacity, ReturnConsumedCapacity } from "@aws-sdk/client-dynamodb";
import { schemaOf, tryRowKey, type IndexSchema, type Key } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { emptyItem, type Item } from "../values/attribute-value.ts";
import { itemsEqual } from "../values/compare-values.ts";
import { itemSize } from "../values/value-size.ts";
import type { ItemChange } from "./write-item.ts";

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/** What a request used of one table, in capacity units. */
export class CapacityMeter {
  readonly #table: Table;
  readonly #kind: "read" | "write";
  readonly #transactional: boolean;
  #tableUnits = 0;
  readonly #indexUnits = new Map<IndexSchema, number>();

  constructor(table: Table, kind: "read" | "write", transactional = false) {
    this.#table = table;
    this.#kind = kind;
    this.#transactional = transactional;
  }

  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
  read(bytes: number, consistent: boolean | undefined, index?: IndexSchema): void {
    const blocks = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
    this.#add(blocks * (this.#transactional ? 2 : consistent ? 1 : 0.5), index);
  }

  write({ table, before, after }: ItemChange): void {
    const factor = this.#transactional ? 2 : 1;
    this.#add(writeUnits(Math.max(before?.size ?? 0, after?.size ?? 0)) * factor);
    for (const index of schemaOf(table).indexes) {
      const units = indexWriteUnits(table, index, before?.item, after?.item) * factor;
      if (units > 0) this.#add(units, index);
    }
  }

  /** The answer's member; undefined when it was not requested. */
  report(wanted: ReturnConsumedCapacity | undefined): ConsumedCapacity | undefined {
    if (wanted !== "TOTAL" && wanted !== "INDEXES") return undefined;
    const total = this.#tableUnits + [...this.#indexUnits.values()].reduce((sum, units) => sum + units, 0);
    return {
      TableName: this.#table.name,
      ...this.#units(total),
      ...(wanted === "INDEXES" && { Table: this.#units(this.#tableUnits), ...this.#reportIndexes() }),
    };
  }

  #add(units: number, index?: IndexSchema): void {
    if (index) this.#indexUnits.set(index, (this.#indexUnits.get(index) ?? 0) + units);
    else this.#tableUnits += units;
  }

  #reportIndexes(): Pick<ConsumedCapacity, "GlobalSecondaryIndexes" | "LocalSecondaryIndexes"> {
    const report = (isGlobal: boolean) =>
      [...this.#indexUnits]
        .filter(([index]) => index.isGlobal === isGlobal)
        .map(([{ index }, units]): [string, Capacity] => [index.name, this.#units(units)]);
    const global = report(true);
    const local = report(false);
    return {
      ...(global.length > 0 && { GlobalSecondaryIndexes: Object.fromEntries(global) }),
      ...(local.length > 0 && { LocalSecondaryIndexes: Object.fromEntries(local) }),
    };
  }

  /** Transactions say reads and writes apart as well. */
  #units(units: number): Capacity {
    if (!this.#transactional) return { CapacityUnits: units };
    return {
      CapacityUnits: units,
      ...(this.#kind === "read" ? { ReadCapacityUnits: units } : { WriteCapacityUnits: units }),
    };
  }
}

/** The part of an item that the index holds. */
export function projectForIndex(table: Table, { index, key }: IndexSchema, item: Item): Item {
  if (index.projection.ProjectionType === "ALL") return item;
  const names = [
    ...namesOf(schemaOf(table).key),
    ...namesOf(key),
    ...(index.projection.ProjectionType === "INCLUDE" ? index.projection.NonKeyAttributes! : []),
  ];
  const projected = emptyItem();
  for (const name of names) if (item[name] !== undefined) projected[name] = item[name];
  return projected;
}

function namesOf(key: Key): string[] {
  return key.attributes.map(({ name }) => name);
}

function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

/** A new key costs a delete and a put; a projection that stays as it was costs nothing. */
function indexWriteUnits(table: Table, index: IndexSchema, before: Item | undefined, after: Item | undefined): number {
  const oldKey = before && tryRowKey(index.key, before);
  const newKey = after && tryRowKey(index.key, after);
  const old = oldKey && projectForIndex(table, index, before);
  const now = newKey && projectForIndex(table, index, after);
  if (!old || !now) return old || now ? writeUnits(itemSize((old ?? now)!)) : 0;
  if (itemsEqual(old, now)) return 0;
  const sameKey = Buffer.compare(oldKey.hash, newKey.hash) === 0 && Buffer.compare(oldKey.range, newKey.range) === 0;
  return sameKey
    ? writeUnits(Math.max(itemSize(old), itemSize(now)))
    : writeUnits(itemSize(old)) + writeUnits(itemSize(now));
}
