import type { Position } from "../rows/item-range.ts";
import { rowKey, schemaOf, type IndexSchema } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { rewordRefusal, validationError } from "../validation-error.ts";
import { emptyItem, type Item } from "../values/attribute-value.ts";
import { checkItem, type RawItem } from "../values/check-value.ts";
import { checkKey } from "./check-key.ts";
import { startKeyNames } from "./read-page.ts";

/** Some refusals of values are said as they are. */
const SAID_PLAINLY = /contains duplicates|number set|numeric value|significant digits|number with magnitude/;

/** The values of `ExclusiveStartKey`, checked as values. */
export function readStartKey(raw: RawItem | undefined): Item | undefined {
  return (
    raw &&
    rewordRefusal(
      () => checkItem(raw),
      (message) => (SAID_PLAINLY.test(message) ? message : `The provided starting key is invalid: ${message}`),
    )
  );
}

/** Where to go on: the place of the start key, which must have just the attributes of a last evaluated key. */
export function startPosition(table: Table, index: IndexSchema | undefined, startKey: Item): Position {
  const { key } = schemaOf(table);
  if (Object.keys(startKey).length !== startKeyNames(table, index).length)
    throw validationError(
      index
        ? "The provided starting key is invalid"
        : "The provided starting key is invalid: The provided key element does not match the schema",
    );
  if (index)
    checkKey(
      index.key,
      pick(
        startKey,
        index.key.attributes.map(({ name }) => name),
      ),
    );
  const tableKey = pick(
    startKey,
    key.attributes.map(({ name }) => name),
  );
  const row = rewordRefusal(
    () => checkKey(key, tableKey),
    (message) => `The provided starting key is invalid: ${message}`,
  );
  return index ? { row, entry: rowKey(index.key, startKey) } : { row };
}

function pick(item: Item, names: readonly string[]): Item {
  const picked = emptyItem();
  for (const name of names) if (item[name]) picked[name] = item[name];
  return picked;
}
