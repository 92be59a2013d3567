import { meetsCondition } from "../expressions/evaluate-condition.ts";
import { project } from "../expressions/project.ts";
import type { Condition, Path } from "../expressions/syntax.ts";
import type { Engine } from "../context.ts";
import { readStretch, type Position, type Stretch } from "../rows/item-range.ts";
import { schemaOf, type IndexSchema } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { emptyItem, type Item } from "../values/attribute-value.ts";
import { itemSize } from "../values/value-size.ts";
import { projectForIndex, type CapacityMeter } from "./capacity.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html */
const PAGE_BYTES = 1024 * 1024;

interface PageRequest {
  readonly table: Table;
  readonly index: IndexSchema | undefined;
  readonly stretch: Stretch;
  readonly after: Position | undefined;
  readonly limit: number | undefined;
  readonly filter: Condition | undefined;
  readonly projection: readonly Path[] | undefined;
  /** Whether the request returns whole items that the index holds only parts of. */
  readonly fetchWhole: boolean;
  readonly consistent: boolean | undefined;
}

interface Page {
  readonly items: Item[];
  readonly scanned: number;
  /** The key of the last item that was looked at, where there may be more behind it. */
  readonly lastKey: Item | undefined;
}

/** Reads until the limit or a megabyte of items has been looked at; the filter comes after that. */
export function readPage(engine: Engine, request: PageRequest, meter: CapacityMeter): Page {
  const { table, index, limit = Infinity, filter, projection } = request;
  const items: Item[] = [];
  let scanned = 0;
  let bytes = 0;
  let fetchedBytes = 0;
  let lastKey: Item | undefined;
  for (const { item: whole, size } of readStretch(engine.rows, table, index, request.stretch, request.after)) {
    const inIndex = index ? projectForIndex(table, index, whole) : whole;
    const item = request.fetchWhole ? whole : inIndex;
    scanned++;
    bytes += inIndex === whole ? size : itemSize(inIndex);
    if (request.fetchWhole && inIndex !== whole) fetchedBytes += size;
    if (!filter || meetsCondition(item, filter)) items.push(projection ? project(item, projection) : item);
    if (scanned >= limit || bytes >= PAGE_BYTES) {
      lastKey = startKeyOf(table, index, whole);
      break;
    }
  }
  meter.read(bytes, request.consistent, index);
  if (fetchedBytes > 0) meter.read(fetchedBytes, request.consistent);
  return { items, scanned, lastKey };
}

/** The attributes of a start key: the table's key, and the index's where one is read. */
export function startKeyNames(table: Table, index: IndexSchema | undefined): string[] {
  const attributes = [...schemaOf(table).key.attributes, ...(index?.key.attributes ?? [])];
  return [...new Set(attributes.map(({ name }) => name))];
}

function startKeyOf(table: Table, index: IndexSchema | undefined, item: Item): Item {
  const key = emptyItem();
  for (const name of startKeyNames(table, index)) key[name] = item[name]!;
  return key;
}
