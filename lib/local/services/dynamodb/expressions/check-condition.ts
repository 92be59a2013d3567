import { getKnown } from "../../../../util/get-known.ts";
import { typeOf, type Value, type ValueType } from "../values/attribute-value.ts";
import { compareValues } from "../values/compare-values.ts";
import {
  allOperands,
  formatPath,
  operandsOf,
  simpleConditions,
  type CallOperand,
  type Condition,
  type Operand,
  type SimpleCondition,
} from "./syntax.ts";
import { checkArgumentCount, checkDefined, checkReserved, operandTypeError } from "./check-operand.ts";
import { expressionError, type ExpressionKind } from "./tokens.ts";

/** How many arguments each function of conditions takes. */
const FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ["attribute_exists", 1],
  ["attribute_not_exists", 1],
  ["attribute_type", 2],
  ["begins_with", 2],
  ["contains", 2],
  ["size", 1],
]);
const FUNCTIONS_OF_UPDATES: ReadonlySet<string> = new Set(["if_not_exists", "list_append"]);
const TYPE_NAMES = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}";

/** Refuses what AWS refuses before it looks at any item; one pass for each of its checks, in its order. */
export function checkCondition(kind: ExpressionKind, condition: Condition, redundantParentheses: boolean): void {
  const fail = (message: string): never => {
    throw expressionError(kind, message);
  };
  if (redundantParentheses) fail("The expression has redundant parentheses;");
  const simple = simpleConditions(condition);
  for (const one of simple) checkFunctionNames(one, fail);
  for (const one of simple) checkFunctionPlaces(one, fail);
  for (const operand of simple.flatMap(operandsWithin)) checkReserved(operand, fail);
  for (const one of simple) checkSimpleCondition(one, fail);
}

type Fail = (message: string) => never;

function operandsWithin(condition: SimpleCondition): Operand[] {
  return operandsOf(condition).flatMap(allOperands);
}

function checkFunctionNames(condition: SimpleCondition, fail: Fail): void {
  const operands: readonly (Operand | SimpleCondition)[] = [condition, ...operandsWithin(condition)];
  for (const operand of operands) {
    if (operand.kind !== "call" || FUNCTIONS.has(operand.name)) continue;
    fail(
      FUNCTIONS_OF_UPDATES.has(operand.name)
        ? `The function is not allowed in a condition expression; function: ${operand.name}`
        : `Invalid function name; function: ${operand.name}`,
    );
  }
}

/** `size` is a number and never a condition; the others are conditions and never operands. */
function checkFunctionPlaces(condition: SimpleCondition, fail: Fail): void {
  const misused = operandsWithin(condition).find((operand) => operand.kind === "call" && operand.name !== "size");
  const name =
    misused?.kind === "call"
      ? misused.name
      : condition.kind === "call" && condition.name === "size"
        ? "size"
        : undefined;
  if (name !== undefined) fail(`The function is not allowed to be used this way in an expression; function: ${name}`);
}

function checkSimpleCondition(condition: SimpleCondition, fail: Fail): void {
  for (const operand of operandsWithin(condition)) checkDefined(operand, fail);
  const calls = [condition, ...operandsWithin(condition)].filter((node): node is CallOperand => node.kind === "call");
  for (const call of calls) checkArgumentCount(call.name, call.args.length, getKnown(FUNCTIONS, call.name), fail);
  checkDistinct(condition, fail);
  for (const call of calls) checkArgumentTypes(call, fail);
  if (condition.kind === "compare") checkComparison(condition, fail);
  if (condition.kind === "between") checkBetween(condition.low, condition.high, fail);
}

function checkDistinct(condition: SimpleCondition, fail: Fail): void {
  const [first, second, ...others] = operandsOf(condition);
  if (condition.kind === "between" || others.length > 0) return;
  if (first?.kind !== "path" || second?.kind !== "path") return;
  if (formatPath(first.path) !== formatPath(second.path)) return;
  const operator =
    condition.kind === "call" ? condition.name : condition.kind === "compare" ? condition.operator : "IN";
  fail(
    "The first operand must be distinct from the remaining operands for this operator or function; " +
      `operator: ${operator}, first operand: ${formatPath(first.path)}`,
  );
}

function checkArgumentTypes(call: CallOperand, fail: Fail): void {
  const [first, second] = call.args;
  switch (call.name) {
    case "attribute_exists":
    case "attribute_not_exists":
      if (first?.kind !== "path")
        fail(`Operator or function requires a document path; operator or function: ${call.name}`);
      return;
    case "begins_with":
      for (const type of call.args.map(literalType))
        if (type && type !== "S" && type !== "B") operandTypeError(call.name, type, fail);
      return;
    case "attribute_type":
      return checkTypeName(call.name, second!, fail);
    case "size": {
      const type = literalType(first!);
      if (type === "N" || type === "BOOL" || type === "NULL") operandTypeError(call.name, type, fail);
    }
  }
}

function checkTypeName(name: string, operand: Operand, fail: Fail): void {
  if (operand.kind !== "value") return operandTypeError(name, "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}", fail);
  if (!("S" in operand.value)) return operandTypeError(name, typeOf(operand.value), fail);
  if (!/^(S|N|B|NULL|BOOL|L|M|SS|NS|BS)$/.test(operand.value.S))
    fail(`Invalid attribute type name found; type: ${operand.value.S}, valid types: ${TYPE_NAMES}`);
}

const ORDERED: ReadonlySet<ValueType> = new Set(["S", "N", "B"]);

function checkComparison(condition: SimpleCondition & { kind: "compare" }, fail: Fail): void {
  if (condition.operator === "=" || condition.operator === "<>") return;
  for (const operand of [condition.left, condition.right]) {
    const type = literalType(operand);
    if (type && !ORDERED.has(type)) operandTypeError(condition.operator, type, fail);
  }
}

function checkBetween(low: Operand, high: Operand, fail: Fail): void {
  for (const operand of [low, high]) {
    const type = literalType(operand);
    if (type && !ORDERED.has(type)) operandTypeError("BETWEEN", type, fail);
  }
  if (low.kind !== "value" || high.kind !== "value") return;
  const order = compareValues(low.value, high.value);
  if (order !== undefined && order <= 0) return;
  fail(
    (order === undefined
      ? "The BETWEEN operator requires same data type for lower and upper bounds; "
      : "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ") +
      `lower bound operand: ${formatValue(low.value)}, upper bound operand: ${formatValue(high.value)}`,
  );
}

/** The type of what is written out; a path's is not known yet. */
function literalType(operand: Operand): ValueType | undefined {
  if (operand.kind === "value") return typeOf(operand.value);
  return operand.kind === "call" && operand.name === "size" ? "N" : undefined;
}

function formatValue(value: Value): string {
  const type = typeOf(value);
  const text =
    "B" in value ? Buffer.from(value.B).toString("base64") : String((value as Record<string, unknown>)[type]);
  return `AttributeValue: {${type}:${text}}`;
}
