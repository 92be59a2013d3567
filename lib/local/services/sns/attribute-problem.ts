import { invalidParameter } from "./errors.ts";

/** What is wrong with an attribute's value, without the words around it: those depend on the operation. */
export class AttributeProblem extends Error {}

/** Reads a value; `where` precedes the problem in AWS's error, for example `Attributes Reason: `. */
export function readWithin<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AttributeProblem) throw invalidParameter(`${where}${error.message}`);
    throw error;
  }
}

/** The value, where it is one of those allowed. */
export function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw new AttributeProblem(`${name}: Invalid value [${value}]. Must be ${allowed.join(" or ")}.`);
}
