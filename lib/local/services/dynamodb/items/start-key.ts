import type { Position } from "../rows/item-range.ts";
import { rowKey, schemaOf, type IndexSchema, type Key } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { rewordRefusal, validationError } from "../errors.ts";
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

const INVALID = "The provided starting key is invalid";

/** Where to continue: the place of the start key, which must have exactly the attributes of a last evaluated key. */
export function startPosition(table: Table, index: IndexSchema | undefined, startKey: Item): Position {
  const names = startKeyNames(table, index);
  if (Object.keys(startKey).length !== names.length) throw validationError(INVALID);
  if (index && names.some((name) => startKey[name] === undefined)) throw validationError(INVALID);
  if (index) checkKey(index.key, pick(startKey, index.key));
  const { key } = schemaOf(table);
  const row = rewordRefusal(
    () => checkKey(key, pick(startKey, key)),
    (message) => `${INVALID}: ${message}`,
  );
  return index ? { row, entry: rowKey(index.key, startKey) } : { row };
}

function pick(item: Item, { attributes }: Key): Item {
  const picked = emptyItem();
  for (const { name } of attributes) if (item[name]) picked[name] = item[name];
  return picked;
}
