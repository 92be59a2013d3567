import type { AttributeValueUpdate } from "@aws-sdk/client-dynamodb";
import { applyUpdate } from "../expressions/apply-update.ts";
import type { Operand, Path, UpdateAction } from "../expressions/syntax.ts";
import { applyAttributeUpdates, readAttributeUpdates } from "../legacy/attribute-updates.ts";
import { schemaOf } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { invalidParameter, validationError } from "../errors.ts";
import { typeOf, type Item, type Value, type ValueType } from "../values/attribute-value.ts";
import { checkIndexKeys, checkIndexKeyType, isEmptyKey } from "./check-key.ts";

interface Outcome {
  readonly path: Path;
  readonly type?: ValueType;
  readonly value?: Value;
}

interface ReadUpdate {
  readonly paths: readonly Path[];
  /** The outcome at a path, as far as the request determines it without the item: its type, or the value itself. */
  readonly outcomes: readonly Outcome[];
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
    outcomes: actions.flatMap((action) =>
      action.kind === "REMOVE" ? [] : [{ path: action.target.path, ...foresee(action.value) }],
    ),
    apply: (item) => applyUpdate(item, actions),
  };
}

/** Refuses an update that touches the table's key, or makes of an index's key what it cannot be. */
export function checkUpdateTargets(table: Table, { paths, outcomes }: ReadUpdate): void {
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
      const outcome = outcomes.find(({ path }) => path[0] === attribute.name && path.length === 1);
      if (outcome?.type) checkIndexKeyType(index.name, attribute, outcome.type);
      if (outcome?.value && isEmptyKey(outcome.value)) throw emptyIndexKey(attribute.type);
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

function foresee(operand: Operand): Omit<Outcome, "path"> {
  if (operand.kind === "value") return { type: typeOf(operand.value), value: operand.value };
  if (operand.kind === "sum") return { type: "N" };
  if (operand.kind !== "call") return {};
  return operand.name === "list_append" ? { type: "L" } : { type: foresee(operand.args[1]!).type };
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
    outcomes: updates.flatMap(({ name, value }) => (value ? [{ path: [name], type: typeOf(value), value }] : [])),
    apply: (item) => applyAttributeUpdates(item, updates),
  };
}
