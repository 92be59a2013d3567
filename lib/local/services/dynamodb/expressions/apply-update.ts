import { copyItem, emptyItem, typeOf, type Item, type Value } from "../values/attribute-value.ts";
import { addToValue, deleteFromSet } from "../values/change-value.ts";
import { addDecimals, formatDecimal, negateDecimal, readDecimal } from "../values/decimal.ts";
import { checkNesting } from "../values/check-value.ts";
import { validationError } from "../errors.ts";
import type { CallOperand, Operand, Path, SumOperand, UpdateAction } from "./syntax.ts";
import { valueAt } from "./value-at.ts";

const WRONG_TYPE = "An operand in the update expression has an incorrect data type";

/**
 * A copy of the item with the actions done. Every operand is read from the item as it was, and positions in lists are
 * those of the lists as they were: gaps close at the end, and elements beyond the end are appended.
 */
export function applyUpdate(item: Item, actions: readonly UpdateAction[]): Item {
  const set = new Map(actions.map((action) => [action, action.kind === "SET" && operandValue(item, action.value)]));
  for (const { target } of actions) checkParent(item, target.path);
  const changes = actions.map((action) => ({
    path: action.target.path,
    value: set.get(action) || newValue(item, action),
  }));
  const updated = copyItem(item);
  for (const { path, value } of changes) change(updated, path, value);
  closeGaps(
    updated,
    changes.map(({ path }) => path),
  );
  checkNesting(updated);
  return updated;
}

/** What an action other than SET leaves at its path; undefined for nothing. */
function newValue(item: Item, action: UpdateAction): Value | undefined {
  if (action.kind === "REMOVE" || action.kind === "SET") return undefined;
  const existing = valueAt(item, action.target.path);
  const operand = action.value.value;
  if (existing && typeOf(existing) !== typeOf(operand)) throw validationError(WRONG_TYPE);
  return action.kind === "ADD" ? addToValue(existing, operand) : existing && deleteFromSet(existing, operand);
}

function operandValue(item: Item, operand: Operand): Value {
  switch (operand.kind) {
    case "value":
      return operand.value;
    case "path": {
      const value = valueAt(item, operand.path);
      if (value) return value;
      throw validationError("The provided expression refers to an attribute that does not exist in the item");
    }
    case "sum":
      return sumValue(item, operand);
    default:
      return callValue(item, operand);
  }
}

function sumValue(item: Item, { operator, left, right }: SumOperand): Value {
  const a = operandValue(item, left);
  const b = operandValue(item, right);
  if (!("N" in a) || !("N" in b)) throw validationError(WRONG_TYPE);
  const addend = readDecimal(b.N);
  return { N: formatDecimal(addDecimals(readDecimal(a.N), operator === "+" ? addend : negateDecimal(addend))) };
}

function callValue(item: Item, { name, args }: CallOperand): Value {
  const [first, second] = args as [Operand, Operand];
  if (name === "if_not_exists")
    return (first.kind === "path" ? valueAt(item, first.path) : undefined) ?? operandValue(item, second);
  const a = operandValue(item, first);
  const b = operandValue(item, second);
  if (!("L" in a) || !("L" in b)) throw validationError(WRONG_TYPE);
  return { L: [...a.L, ...b.L] };
}

function checkParent(item: Item, path: Path): void {
  if (path.length === 1) return;
  const parent = valueAt(item, path.slice(0, -1));
  const fits = parent && (typeof path.at(-1) === "number" ? "L" in parent : "M" in parent);
  if (!fits) throw validationError("The document path provided in the update expression is invalid for update");
}

/** Sets or removes at the path; every map and list on the way is replaced by a copy, never changed in place. */
function change(container: Item, path: Path, value: Value | undefined): void {
  const [name, ...rest] = path as [string, ...(string | number)[]];
  const changed = rest.length === 0 ? value : changedValue(container[name]!, rest, value);
  if (changed === undefined) delete container[name];
  else container[name] = changed;
}

function changedValue(container: Value, path: Path, value: Value | undefined): Value {
  if ("M" in container) {
    const map = copyItem(container.M);
    change(map, path, value);
    return { M: map };
  }
  if (!("L" in container)) return container;
  const [position, ...rest] = path as [number, ...(string | number)[]];
  const list = container.L.slice();
  if (rest.length > 0) list[position] = changedValue(list[position]!, rest, value);
  else if (value !== undefined) list[position] = value;
  else if (position < list.length) list[position] = GAP;
  return { L: list };
}

/** Marks the place of a removed element, so that the positions of other actions stay right. */
const GAP: Value = { NULL: true };

function closeGaps(item: Item, paths: readonly Path[]): void {
  const lists = paths.filter((path) => typeof path.at(-1) === "number").map((path) => path.slice(0, -1));
  for (const path of lists) {
    const list = valueAt(item, path);
    if (list && "L" in list) change(item, path, { L: list.L.filter((element) => element !== GAP) });
  }
}

/** The key alone: what an update starts from when there is no item yet. */
export function itemOfKey(key: Item): Item {
  return Object.assign(emptyItem(), key);
}
