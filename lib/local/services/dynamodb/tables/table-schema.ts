import { getKnown } from "../../../../util/get-known.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { AttributeDefinition } from "@aws-sdk/client-dynamodb";
import type { Item } from "../values/attribute-value.ts";
import { keyBytes, partitionBytes } from "../values/key-bytes.ts";
import type { Index, KeyAttribute, Table } from "./table.ts";

/** A key: its partition attribute, and its sort attribute if it has one. */
export interface Key {
  readonly partition: KeyAttribute;
  readonly sort: KeyAttribute | undefined;
  readonly attributes: readonly KeyAttribute[];
}

/** An index with the attributes of its key. */
export interface IndexSchema {
  readonly index: Index;
  readonly key: Key;
  readonly isGlobal: boolean;
}

/** What reading and writing items needs to know of a table. */
export interface TableSchema {
  readonly key: Key;
  /** By name: a refusal names the first one that it concerns. */
  readonly indexes: readonly IndexSchema[];
}

/** The position of a row: the bytes of its key. */
export interface RowKey {
  readonly hash: Uint8Array;
  readonly range: Uint8Array;
}

const schemas = new WeakMap<Table, TableSchema>();

/** The table's keys, looked up once for each version of the table. */
export function schemaOf(table: Table): TableSchema {
  let schema = schemas.get(table);
  if (!schema) schemas.set(table, (schema = buildSchema(table)));
  return schema;
}

/** The row's place; undefined when the item lacks an attribute of the key, as items may that an index leaves out. */
export function tryRowKey(key: Key, item: Item): RowKey | undefined {
  const { partition, sort } = key;
  if (item[partition.name] === undefined || (sort && item[sort.name] === undefined)) return undefined;
  return rowKey(key, item);
}

/** The row's place. The item has been checked to have the key. */
export function rowKey({ partition, sort }: Key, item: Item): RowKey {
  return { hash: partitionBytes(item[partition.name]!), range: sort ? keyBytes(item[sort.name]!) : NO_BYTES };
}

/** The definitions that some key needs; AWS drops the others with the index that they were for. */
export function attributesInUse(table: Table): Checked<AttributeDefinition>[] {
  const schemas = [table, ...table.globalIndexes, ...table.localIndexes];
  const used = new Set(schemas.flatMap(({ keySchema }) => keySchema.map(({ AttributeName }) => AttributeName)));
  return table.attributes.filter(({ AttributeName }) => used.has(AttributeName));
}

const NO_BYTES = new Uint8Array(0);

function buildSchema(table: Table): TableSchema {
  const types = new Map(table.attributes.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
  const build = ({ keySchema }: Pick<Index, "keySchema">): Key => {
    const attributes = keySchema.map(({ AttributeName: name }) => ({ name: name, type: getKnown(types, name) }));
    return { partition: attributes[0]!, sort: attributes[1], attributes };
  };
  const indexes = [
    ...table.globalIndexes
      .filter(({ transition }) => transition?.status !== "DELETING")
      .map((index) => ({ index, key: build(index), isGlobal: true })),
    ...table.localIndexes.map((index) => ({ index, key: build(index), isGlobal: false })),
  ];
  return { key: build(table), indexes: indexes.sort((a, b) => (a.index.name < b.index.name ? -1 : 1)) };
}
