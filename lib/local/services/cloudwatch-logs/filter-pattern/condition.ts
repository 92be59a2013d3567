import { invalidPattern, regexNotCarried } from "./pattern-refusals.ts";
import { matchesStars } from "./wildcard.ts";

/** How a filter pattern compares a value. */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** What a field is compared with. */
export interface Operand {
  readonly text: string;
  /** Written without quotes and a number. */
  readonly number: number | undefined;
  readonly quoted: boolean;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Reads what a value is compared with: a number, or text in which `*` matches any characters. */
export function readOperand(token: string): Operand {
  if (token.startsWith('"')) {
    if (token.length < 2 || !token.endsWith('"')) throw invalidPattern();
    return { text: token.slice(1, -1).replaceAll(/\\(.)/g, "$1"), number: undefined, quoted: true };
  }
  if (/^%.*%$/.test(token)) throw regexNotCarried();
  if (token === "") throw invalidPattern();
  return { text: token, number: NUMBER.test(token) ? Number(token) : undefined, quoted: false };
}

/** A field's value against an operand. Numbers compare as numbers; text as text, in which `*` is a wildcard. */
export function compare(value: string | number | boolean, operator: Operator, operand: Operand): boolean {
  if (operator === "=") return isEqual(value, operand);
  if (operator === "!=") return !isEqual(value, operand);
  if (operand.number === undefined) throw invalidPattern();
  const number = numberOf(value);
  if (number === undefined) return false;
  if (operator === "<") return number < operand.number;
  if (operator === "<=") return number <= operand.number;
  return operator === ">" ? number > operand.number : number >= operand.number;
}

function isEqual(value: string | number | boolean, operand: Operand): boolean {
  if (typeof value === "number" && operand.quoted) return false;
  if (operand.number !== undefined && numberOf(value) === operand.number) return true;
  return matchesStars(operand.text, String(value));
}

function numberOf(value: string | number | boolean): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && NUMBER.test(value) ? Number(value) : undefined;
}
