import { TemplateError } from "./template-error.ts";

/** AWS's refusal of a template's form. */
export function templateFormatError(detail: string): TemplateError {
  return new TemplateError(`Template format error: ${detail}`);
}

/** Deeper than any template that AWS takes, and shallow enough for the stack of this process. */
export const DEEPEST_NESTING = 200;
