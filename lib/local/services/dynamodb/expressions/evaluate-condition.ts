import { typeOf, type Item, type Value } from "../values/attribute-value.ts";
import { beginsWith, compareValues, containsValue, lengthOf, valuesEqual } from "../values/compare-values.ts";
import type { BetweenCondition, CallOperand, CompareCondition, Condition, Operand } from "./syntax.ts";
import { valueAt } from "./value-at.ts";

/** Whether the item meets the condition. What is missing meets only `<>` and `attribute_not_exists`. */
export function meetsCondition(item: Item, condition: Condition): boolean {
  switch (condition.kind) {
    case "and":
      return meetsCondition(item, condition.left) && meetsCondition(item, condition.right);
    case "or":
      return meetsCondition(item, condition.left) || meetsCondition(item, condition.right);
    case "not":
      return !meetsCondition(item, condition.condition);
    case "compare":
      return meetsComparison(item, condition);
    case "between":
      return isBetween(item, condition);
    case "in": {
      const value = operandValue(item, condition.operand);
      return value !== undefined && condition.options.some((option) => equals(value, operandValue(item, option)));
    }
    default:
      return meetsCall(item, condition);
  }
}

function meetsComparison(item: Item, { operator, left, right }: CompareCondition): boolean {
  const a = operandValue(item, left);
  const b = operandValue(item, right);
  if (operator === "=") return a !== undefined && equals(a, b);
  if (operator === "<>") return a === undefined || !equals(a, b);
  const order = a === undefined || b === undefined ? undefined : compareValues(a, b);
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

function isBetween(item: Item, condition: BetweenCondition): boolean {
  const value = operandValue(item, condition.operand);
  const low = operandValue(item, condition.low);
  const high = operandValue(item, condition.high);
  if (value === undefined || low === undefined || high === undefined) return false;
  const fromLow = compareValues(value, low);
  const toHigh = compareValues(value, high);
  return fromLow !== undefined && toHigh !== undefined && fromLow >= 0 && toHigh <= 0;
}

function meetsCall(item: Item, { name, args }: CallOperand): boolean {
  const value = operandValue(item, args[0]!);
  if (name === "attribute_exists") return value !== undefined;
  if (name === "attribute_not_exists") return value === undefined;
  const operand = operandValue(item, args[1]!);
  if (value === undefined || operand === undefined) return false;
  if (name === "attribute_type") return "S" in operand && typeOf(value) === operand.S;
  return name === "begins_with" ? beginsWith(value, operand) : containsValue(value, operand);
}

function operandValue(item: Item, operand: Operand): Value | undefined {
  if (operand.kind === "value") return operand.value;
  if (operand.kind === "path") return valueAt(item, operand.path);
  if (operand.kind === "sum") return undefined; // arithmetic exists in updates only
  const value = operandValue(item, operand.args[0]!);
  const length = value && lengthOf(value);
  return length === undefined ? undefined : { N: String(length) };
}

function equals(a: Value, b: Value | undefined): boolean {
  return b !== undefined && valuesEqual(a, b);
}
