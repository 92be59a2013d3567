import type { Operand } from "./syntax.ts";

type Fail = (message: string) => never;

/** Refuses a word of AWS's list that is not behind a `#name`. */
export function checkReserved(operand: Operand, fail: Fail): void {
  if (operand.kind === "path" && operand.reservedWord !== undefined)
    fail(`Attribute name is a reserved keyword; reserved keyword: ${operand.reservedWord}`);
}

/** Refuses a `#name` or a `:value` that the request does not bring. */
export function checkDefined(operand: Operand, fail: Fail): void {
  if (operand.kind === "path") checkNameDefined(operand, fail);
  if (operand.kind === "value") checkValueDefined(operand, fail);
}

/** Fails for a path with a `#name` that `ExpressionAttributeNames` does not define. */
export function checkNameDefined(operand: Operand, fail: Fail): void {
  if (operand.kind === "path" && operand.undefinedName !== undefined)
    fail(
      "An expression attribute name used in the document path is not defined; " +
        `attribute name: ${operand.undefinedName}`,
    );
}

/** Fails for a `:value` that `ExpressionAttributeValues` does not define. */
export function checkValueDefined(operand: Operand, fail: Fail): void {
  if (operand.kind === "value" && operand.undefinedValue !== undefined)
    fail(
      "An expression attribute value used in expression is not defined; " +
        `attribute value: ${operand.undefinedValue}`,
    );
}

/** Fails where a function has another number of arguments than it takes. */
export function checkArgumentCount(name: string, given: number, allowed: number, fail: Fail): void {
  if (given !== allowed)
    fail(
      "Incorrect number of operands for operator or function; " +
        `operator or function: ${name}, number of operands: ${given}`,
    );
}

/** Fails in AWS's words: the function or operator does not take an operand of this type. */
export function operandTypeError(name: string, type: string, fail: Fail): void {
  fail(`Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`);
}
