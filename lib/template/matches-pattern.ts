import { createContext, Script } from "node:vm";
import { TemplateError } from "./template-error.ts";

/** Longer than any honest pattern takes on 4,096 characters. */
const PATIENCE_MS = 200;

const SCRIPT = new Script("values.every((value) => new RegExp(`^(?:${pattern})$`).test(value))");

/** Whether every value fits a pattern of the template's. A pattern that takes for ever is given up. */
export function matchesPattern(pattern: string, values: readonly string[], parameter: string): boolean {
  try {
    return SCRIPT.runInContext(createContext({ pattern, values: [...values] }), { timeout: PATIENCE_MS }) as boolean;
  } catch (error) {
    const isSlow = (error as { code?: string }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    const problem = isSlow ? `took longer than ${PATIENCE_MS} ms` : "is not a regular expression";
    throw new TemplateError(`Template format error: AllowedPattern of parameter '${parameter}' ${problem}: ${pattern}`);
  }
}
