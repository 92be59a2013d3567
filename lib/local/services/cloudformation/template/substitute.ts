import { AwsError } from "../../../aws-error.ts";
import { UNKNOWN } from "./evaluate.ts";
import { textOf } from "./text.ts";

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** The names in an `Fn::Sub` text, without the literal ones (`${!Name}`). */
export function substitutedNames(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => match[1]!.trim()).filter((name) => !name.startsWith("!"));
}

/** Fills an `Fn::Sub` text. Unknown as a whole where one of the values is. */
export function substitute(text: string, valueOf: (name: string) => unknown): unknown {
  let unknown = false;
  const filled = text.replace(PLACEHOLDER, (_match, inner: string) => {
    const name = inner.trim();
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    const value = valueOf(name);
    if (value === UNKNOWN) unknown = true;
    else if (typeof value === "object" || typeof value === "symbol") {
      throw new AwsError(
        "ValidationError",
        `Template error: variable ${name} in Fn::Sub expression does not resolve to a string`,
      );
    }
    return value === UNKNOWN ? "" : textOf(value);
  });
  return unknown ? UNKNOWN : filled;
}
