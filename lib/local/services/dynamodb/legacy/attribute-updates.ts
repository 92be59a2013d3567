import type { AttributeValueUpdate } from "@aws-sdk/client-dynamodb";
import { invalidParameter, validationError } from "../errors.ts";
import { copyItem, isSetType, typeOf, type Item, type Value } from "../values/attribute-value.ts";
import { addToValue, deleteFromSet } from "../values/change-value.ts";
import { checkValue } from "../values/check-value.ts";

interface AttributeUpdate {
  readonly name: string;
  readonly action: "PUT" | "ADD" | "DELETE";
  readonly value: Value | undefined;
}

/** `AttributeUpdates`, from before there were update expressions. Refuses what AWS refuses. */
export function readAttributeUpdates(updates: Readonly<Record<string, AttributeValueUpdate>>): AttributeUpdate[] {
  return Object.entries(updates).map(([name, { Action: action = "PUT", Value: raw }]) => {
    const value = raw === undefined ? undefined : checkValue(raw);
    checkAction(action, value);
    return { name, action, value };
  });
}

/** A copy of the item with the updates done. */
export function applyAttributeUpdates(item: Item, updates: readonly AttributeUpdate[]): Item {
  const updated = copyItem(item);
  for (const update of updates) {
    const value = newValue(item[update.name], update);
    if (value === undefined) delete updated[update.name];
    else updated[update.name] = value;
  }
  return updated;
}

function newValue(existing: Value | undefined, { action, value }: AttributeUpdate): Value | undefined {
  if (action === "PUT" || value === undefined) return value;
  if (existing && typeOf(existing) !== typeOf(value)) throw validationError("Type mismatch for attribute to update");
  return action === "ADD" ? addToValue(existing, value) : existing && deleteFromSet(existing, value);
}

function checkAction(action: AttributeUpdate["action"], value: Value | undefined): void {
  if (value === undefined) {
    if (action === "DELETE") return;
    throw invalidParameter("Only DELETE action is allowed when no attribute value is specified");
  }
  const type = typeOf(value);
  if (action === "DELETE" && !isSetType(type))
    throw invalidParameter(`DELETE action with value is not supported for the type ${type}`);
  if (action === "ADD" && !isSetType(type) && type !== "N" && type !== "L")
    throw invalidParameter(`ADD action is not supported for the type ${type}`);
}
