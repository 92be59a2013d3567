import { TemplateError } from "../../../template/template-error.ts";
import { AwsError } from "../../aws-error.ts";

/** Does a part of an operation and returns what the template language refuses in it as AWS does: `ValidationError`. */
export async function inAwsTerms<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TemplateError ? new AwsError("ValidationError", error.message, { cause: error }) : error;
  }
}
