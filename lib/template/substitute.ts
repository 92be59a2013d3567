import { UNKNOWN } from "./value-scope.ts";
import { fillPlaceholders } from "./placeholders.ts";
import { TemplateError } from "./template-error.ts";
import { textOf } from "./text.ts";

/** Fills an `Fn::Sub` text. Unknown as a whole where one of the values is. */
export function substitute(text: string, valueOf: (name: string) => unknown): unknown {
  let unknown = false;
  const filled = fillPlaceholders(text, (name) => {
    const value = valueOf(name);
    if (value === UNKNOWN) unknown = true;
    else if (typeof value === "object" || typeof value === "symbol") {
      throw new TemplateError(`Template error: variable ${name} in Fn::Sub expression does not resolve to a string`);
    }
    return value === UNKNOWN ? "" : textOf(value);
  });
  return unknown ? UNKNOWN : filled;
}
