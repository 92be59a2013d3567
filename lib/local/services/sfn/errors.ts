import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import { pager } from "../../kit/page.ts";
import { AwsError } from "../../aws-error.ts";

/** `arn:aws:states:region:account:kind:name`, or with more parts. */
export function checkArn(arn: string | undefined): string {
  if (arn === undefined || !arn.startsWith("arn:")) {
    throw new AwsError("InvalidArn", `Invalid Arn: 'Invalid ARN prefix: ${arn ?? ""}'`);
  }
  return arn;
}

/** An ARN of a standard execution; express ones have an ARN, but cannot be described. */
export function checkExecutionArn(arn: string | undefined): string {
  const given = checkArn(arn);
  if (given.split(":")[5] === "express") {
    throw new AwsError("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'");
  }
  return given;
}

/** `StateMachineDoesNotExist` (400). */
export function machineMissing(arn: string): AwsError {
  return new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
}

/** `ExecutionDoesNotExist` (400). */
export function executionMissing(arn: string): AwsError {
  return new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
}

/** `ResourceNotFound` (400). */
export function resourceMissing(arn: string): AwsError {
  return new AwsError("ResourceNotFound", "Request references a resource that does not exist.", {
    members: { resourceName: arn },
  });
}

/** `ValidationException` (400). */
export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** What AWS says of a member that breaks its constraint. */
export function broken(value: unknown, member: string, constraint: string): AwsError {
  return invalid(constraintText(constraintProblem(value, member, constraint)));
}

/** Signs that no name has: spaces, brackets, wildcards, quotes, separators and control characters (API reference). */
const REFUSED = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\ufffe\uffff]/u;

/** Refuses a name that AWS refuses. */
export function checkName(name: string | undefined): string {
  if (name === undefined || name === "" || name.length > 80 || REFUSED.test(name))
    throw new AwsError("InvalidName", `Invalid Name: '${name ?? ""}'`);
  return name;
}

/** A page of at most `most` items; the token is where the next one begins. */
export function page<T>(
  items: readonly T[],
  maxResults: number | undefined,
  nextToken: string | undefined,
  longestToken = 1024,
): { items: readonly T[]; nextToken?: string } {
  if (maxResults !== undefined && maxResults > 1000) {
    throw broken(maxResults, "maxResults", "Member must have value less than or equal to 1000");
  }
  if (nextToken !== undefined && nextToken.length > longestToken) {
    throw broken(nextToken, "nextToken", `Member must have length less than or equal to ${longestToken}`);
  }
  const size = maxResults === undefined || maxResults === 0 ? 100 : maxResults;
  const { items: cut, next } = pageOf(items, size, nextToken);
  return { items: cut, ...next };
}

const pageOf = pager(
  (nextToken) => ({ nextToken }),
  () => new AwsError("InvalidToken", "Invalid Token: 'Invalid token'"),
);
