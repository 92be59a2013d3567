import type { AttributeValueUpdate } from "@aws-sdk/client-dynamodb";
import { applyUpdate } from "../expressions/apply-update.ts";
import type { Path, UpdateAction } from "../expressions/syntax.ts";
import { applyAttributeUpdates, readAttributeUpdates } from "../legacy/attribute-updates.ts";
import { schemaOf } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { invalidParameter, validationError } from "../validation-error.ts";
import type { Item, Value } from "../values/attribute-value.ts";
import { checkIndexKeys, checkIndexKeyType, isEmptyKey } from "./check-key.ts";

export interface ReadUpdate {
  readonly paths: readonly Path[];
  /** What is put at a path as it stands in the request, and not computed. */
  readonly literals: readonly { readonly path: Path; readonly value: Value }[];
  apply(item: Item): Item;
}

/** An update, by its expression or by the `AttributeUpdates` of before expressions. */
export function readUpdate(
  actions: readonly UpdateAction[] | undefined,
  attributeUpdates: Readonly<Record<string, AttributeValueUpdate>> | undefined,
): ReadUpdate {
  if (!actions) return readLegacy(attributeUpdates ?? {});
  return {
    paths: actions.map((action) => action.target.path),
    literals: actions.flatMap((action) =>
      action.kind === "SET" && action.value.kind === "value"
        ? [{ path: action.target.path, value: action.value.value }]
        : [],
    ),
    apply: (item) => applyUpdate(item, actions),
  };
}

/** Refuses an update that touches the table's key, or makes of an index's key what it cannot be. */
export function checkUpdateTargets(table: Table, { paths, literals }: ReadUpdate): void {
  const { key, indexes } = schemaOf(table);
  for (const { name } of key.attributes)
    if (paths.some((path) => path[0] === name))
      throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
  for (const { index, key: indexKey } of indexes) {
    for (const attribute of indexKey.attributes) {
      if (paths.some((path) => path[0] === attribute.name && path.length > 1))
        throw validationError(
          "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
            `IndexKey: ${attribute.name}`,
        );
      const value = literals.find(({ path }) => path[0] === attribute.name && path.length === 1)?.value;
      if (!value) continue;
      checkIndexKeyType(index.name, attribute, value);
      if (isEmptyKey(value)) throw emptyIndexKey(attribute.type);
    }
  }
}

/** Refuses what an update has computed for an index's key, where it cannot be one. */
export function checkUpdatedKeys(table: Table, item: Item): void {
  for (const { key } of schemaOf(table).indexes)
    for (const { name, type } of key.attributes) {
      const value = item[name];
      if (value && !(type in value))
        throw validationError("The update expression attempted to update the secondary index key to unsupported type");
      if (value && isEmptyKey(value)) throw emptyIndexKey(type);
    }
  checkIndexKeys(table, item);
}

function emptyIndexKey(type: string): Error {
  return validationError(
    "One or more parameter values are not valid. The update expression attempted to update a secondary index key to " +
      "a value that is not supported. The AttributeValue for a key attribute cannot contain an empty " +
      `${type === "S" ? "string" : "binary"} value.`,
  );
}

function readLegacy(attributeUpdates: Readonly<Record<string, AttributeValueUpdate>>): ReadUpdate {
  const updates = readAttributeUpdates(attributeUpdates);
  return {
    paths: updates.map(({ name }) => [name]),
    literals: updates.flatMap(({ name, action, value }) =>
      action === "PUT" && value ? [{ path: [name], value }] : [],
    ),
    apply: (item) => applyAttributeUpdates(item, updates),
  };
}
