import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import { pager } from "../../kit/page.ts";
import { AwsError } from "../../aws-error.ts";

/** `InvalidParameterException` (400). */
export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

/** The refusal of one member that breaks the model. `rule` continues "Member must". */
export function constraint(value: unknown, member: string, rule: string): AwsError {
  return invalidParameter(constraintText(constraintProblem(value, member, `Member must ${rule}`)));
}

/** `ResourceNotFoundException` for a log group, worded as AWS words it. */
export function groupNotFound(): AwsError {
  return new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
}

/** `ResourceNotFoundException` for a log stream, worded as AWS words it. */
export function streamNotFound(): AwsError {
  return new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
}

/** A page of a list, and `nextToken` where there are more. */
export const pageOf = pager(
  (nextToken) => ({ nextToken }),
  () => invalidParameter("The specified nextToken is invalid."),
);
