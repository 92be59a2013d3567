import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import { pager } from "../../kit/page.ts";
import { AwsError } from "../../aws-error.ts";

/** `InvalidParameterValue` (400). */
export function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message);
}

/** `InvalidParameterCombination` (400): parameters that exclude each other. */
export function invalidCombination(message: string): AwsError {
  return new AwsError("InvalidParameterCombinationException", message);
}

/** `MissingParameter` (400). */
export function missingParameter(name: string): AwsError {
  return new AwsError("MissingRequiredParameterException", `The parameter ${name} is required.`);
}

/** Query clients know it as `ValidationError`. */
export function validation(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** AWS's words for one input that breaks its rule. */
export function constraint(value: unknown, member: string, rule: string): AwsError {
  return validation(constraintText(constraintProblem(value, member, `Member must ${rule}`)));
}

/** A page of a list, and `NextToken` where there are more. */
export const pageOf = pager(
  (NextToken) => ({ NextToken }),
  () => new AwsError("InvalidNextToken", "The next token specified is invalid."),
);
