import { constraintText } from "../../kit/constraint-text.ts";
import { AwsError } from "../../aws-error.ts";

const USER = { members: { Type: "User" } };

/** 404. */
export function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, USER);
}

/** 400, for values that make no sense. */
export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message, USER);
}

/** 409. */
export function conflict(message: string): AwsError {
  return new AwsError("ResourceConflictException", message, USER);
}

/** 412: the caller's RevisionId is not the latest. `api` names where the latest is to be had. */
export function staleRevision(api: "GetFunction/GetAlias" | "GetPolicy" = "GetFunction/GetAlias"): AwsError {
  const message = `The Revision Id provided does not match the latest Revision Id. Call the ${api} API to retrieve the latest Revision Id`;
  return new AwsError("PreconditionFailedException", message, USER);
}

/** 400, for values that break the model's constraints; `problems` come from `constraintProblem`. */
export function invalid(problems: readonly string[]): AwsError {
  return new AwsError("ValidationException", constraintText(...problems), { statusCode: 400 });
}
