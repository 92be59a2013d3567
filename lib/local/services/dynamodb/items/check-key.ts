import { invalidParameter, validationError } from "../errors.ts";
import { typeOf, type Item, type Value, type ValueType } from "../values/attribute-value.ts";
import { schemaOf, type Key, type RowKey, rowKey } from "../tables/table-schema.ts";
import type { KeyAttribute, Table } from "../tables/table.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys */
const MAX_PARTITION_BYTES = 2048;
const MAX_SORT_BYTES = 1024;

/** Checks a key from outside: just its attributes, of the schema's types. */
export function checkKey(key: Key, given: Item): RowKey {
  const mismatch = () => validationError("The provided key element does not match the schema");
  if (Object.keys(given).length !== key.attributes.length) throw mismatch();
  for (const attribute of key.attributes) {
    const value = given[attribute.name];
    if (value === undefined || typeOf(value) !== attribute.type) throw mismatch();
    checkKeyValue(key, attribute, value);
  }
  return rowKey(key, given);
}

/** Checks that an item has its table's key, and that what it has of its indexes' keys is of their types. */
export function checkItemKeys(table: Table, item: Item): RowKey {
  const { key } = schemaOf(table);
  for (const attribute of key.attributes) {
    const value = item[attribute.name];
    if (value === undefined) throw invalidParameter(`Missing the key ${attribute.name} in the item`);
    if (typeOf(value) !== attribute.type)
      throw invalidParameter(
        `Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${typeOf(value)}`,
      );
    checkKeyValue(key, attribute, value);
  }
  checkIndexKeys(table, item);
  return rowKey(key, item);
}

/** Checks what the item has of its indexes' keys. */
export function checkIndexKeys(table: Table, item: Item): void {
  for (const { index, key } of schemaOf(table).indexes) {
    for (const attribute of key.attributes) {
      const value = item[attribute.name];
      if (value !== undefined) checkIndexKeyValue(index.name, key, attribute, value);
    }
  }
}

/** Checks that a type is the one that an index's key has there. */
export function checkIndexKeyType(indexName: string, { name, type }: KeyAttribute, actual: ValueType): void {
  if (actual !== type)
    throw invalidParameter(
      `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${indexName}`,
    );
}

/** Whether a key's value is an empty string or empty bytes, which no key may be. */
export function isEmptyKey(value: Value): boolean {
  return byteLength(value) === 0;
}

function checkIndexKeyValue(indexName: string, key: Key, attribute: KeyAttribute, value: Value): void {
  const { name, type } = attribute;
  checkIndexKeyType(indexName, attribute, typeOf(value));
  if (isEmptyKey(value))
    throw validationError(
      "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
        `The AttributeValue for a key attribute cannot contain an empty ${type === "S" ? "string" : "binary"} value. ` +
        `IndexName: ${indexName}, IndexKey: ${name}`,
    );
  checkKeySize(value, name === key.partition.name);
}

function checkKeyValue(key: Key, { name, type }: KeyAttribute, value: Value): void {
  if (byteLength(value) === 0)
    throw validationError(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty " +
        `${type === "S" ? "string" : "binary"} value. Key: ${name}`,
    );
  checkKeySize(value, name === key.partition.name);
}

function checkKeySize(value: Value, isPartition: boolean): void {
  const bytes = byteLength(value);
  if (isPartition && bytes > MAX_PARTITION_BYTES)
    throw invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  if (!isPartition && bytes > MAX_SORT_BYTES)
    throw invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

/** A number is always small enough, and never empty. */
function byteLength(value: Value): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  return "B" in value ? value.B.length : 1;
}
