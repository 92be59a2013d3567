import { getKnown } from "../../../../util/get-known.ts";
import { typeOf, type Value, type ValueType } from "../values/attribute-value.ts";
import {
  checkArgumentCount,
  checkNameDefined,
  checkReserved,
  checkValueDefined,
  operandTypeError,
} from "./check-operand.ts";
import { findOverlap } from "./path-overlap.ts";
import { allOperands, type CallOperand, type Operand, type UpdateAction, type Section } from "./syntax.ts";
import { expressionError } from "./tokens.ts";

const FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ["if_not_exists", 2],
  ["list_append", 2],
]);
const FUNCTIONS_OF_CONDITIONS: ReadonlySet<string> = new Set([
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
]);

type Fail = (message: string) => never;

/** Refuses what AWS refuses before it looks at any item; one pass for each of its checks, in its order. */
export function checkUpdate(actions: readonly UpdateAction[], sections: readonly Section[]): void {
  const fail: Fail = (message) => {
    throw expressionError("UpdateExpression", message);
  };
  const operands = actions.flatMap((action) => [
    ...allOperands(action.target),
    ...(action.kind === "REMOVE" ? [] : allOperands(action.value)),
  ]);
  for (const operand of operands) checkReserved(operand, fail);
  for (const operand of operands) if (operand.kind === "call") checkFunctionName(operand, fail);
  const repeated = sections.find((section, at) => sections.indexOf(section) < at);
  if (repeated) fail(`The "${repeated}" section can only be used once in an update expression;`);
  for (const operand of operands) checkNameDefined(operand, fail);
  for (const operand of operands) checkValueDefined(operand, fail);
  const overlap = findOverlap(actions.map((action) => action.target.path));
  if (overlap !== undefined) fail(overlap);
  for (const action of actions) checkActionOperand(action, fail);
  for (const operand of operands) checkFunction(operand, fail);
}

function checkFunctionName({ name }: CallOperand, fail: Fail): void {
  if (FUNCTIONS.has(name)) return;
  fail(
    FUNCTIONS_OF_CONDITIONS.has(name)
      ? `The function is not allowed in an update expression; function: ${name}`
      : `Invalid function name; function: ${name}`,
  );
}

const LONG_NAMES: Partial<Record<ValueType, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  NULL: "NULL",
  BOOL: "BOOLEAN",
  L: "LIST",
  M: "MAP",
};

function checkActionOperand(action: UpdateAction, fail: Fail): void {
  if (action.kind !== "ADD" && action.kind !== "DELETE") return;
  const type = typeOf(action.value.value);
  const longName = LONG_NAMES[type];
  if (longName === undefined || (action.kind === "ADD" && type === "N")) return;
  const allowed = action.kind === "ADD" ? "ALLOWED_FOR_ADD_OPERAND" : "ALLOWED_FOR_DELETE_OPERAND";
  fail(
    "Incorrect operand type for operator or function; " +
      `operator: ${action.kind}, operand type: ${longName}, typeSet: ${allowed}`,
  );
}

function checkFunction(operand: Operand, fail: Fail): void {
  if (operand.kind === "sum") {
    checkLiterals(operand.operator, [operand.left, operand.right], "N", fail);
  } else if (operand.kind === "call") {
    checkArgumentCount(operand.name, operand.args.length, getKnown(FUNCTIONS, operand.name), fail);
    if (operand.name === "list_append") checkLiterals(operand.name, operand.args, "L", fail);
    else if (operand.args[0]?.kind !== "path")
      fail(`Operator or function requires a document path; operator or function: ${operand.name}`);
  }
}

function checkLiterals(name: string, args: readonly Operand[], allowed: ValueType, fail: Fail): void {
  const wrong = args
    .map((arg): Value | undefined => (arg.kind === "value" ? arg.value : undefined))
    .find((value) => value !== undefined && typeOf(value) !== allowed);
  if (wrong) operandTypeError(name, typeOf(wrong), fail);
}
