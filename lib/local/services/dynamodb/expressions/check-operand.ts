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

export function checkNameDefined(operand: Operand, fail: Fail): void {
  if (operand.kind === "path" && operand.undefinedName !== undefined)
    fail(
      "An expression attribute name used in the document path is not defined; " +
        `attribute name: ${operand.undefinedName}`,
    );
}

export function checkValueDefined(operand: Operand, fail: Fail): void {
  if (operand.kind === "value" && operand.undefinedValue !== undefined)
    fail(
      "An expression attribute value used in expression is not defined; " +
        `attribute value: ${operand.undefinedValue}`,
    );
}

export function checkArgumentCount(name: string, given: number, allowed: number, fail: Fail): void {
  if (given !== allowed)
    fail(
      "Incorrect number of operands for operator or function; " +
        `operator or function: ${name}, number of operands: ${given}`,
    );
}

export function operandTypeError(name: string, type: string, fail: Fail): void {
  fail(`Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`);
}
