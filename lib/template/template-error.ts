import { UserError } from "../errors.ts";

/**
 * A template, a parameter or a value that CloudFormation refuses, in AWS's words. CloudFormation answers it as
 * `ValidationError` with the same message.
 */
export class TemplateError extends UserError {
  constructor(message: string, cause?: unknown) {
    super("TemplateRefused", message, { cause });
  }
}
