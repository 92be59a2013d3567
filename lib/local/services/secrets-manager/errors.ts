import { pager } from "../../kit/page.ts";
import { AwsError } from "../../aws-error.ts";

const refusal = (code: string) => (message: string) => new AwsError(code, message, { statusCode: 400 });

export const notFound = refusal("ResourceNotFoundException");
export const alreadyExists = refusal("ResourceExistsException");
export const invalidRequest = refusal("InvalidRequestException");
export const invalidParameter = refusal("InvalidParameterException");
export const limitExceeded = refusal("LimitExceededException");
export const secretsValidation = refusal("ValidationException");

export const noSuchSecret = () => notFound("Secrets Manager can't find the specified secret.");

export const markedForDeletion = () =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");

/** A page of a list, and `NextToken` where there are more. */
export const pageOf = pager(
  (NextToken) => ({ NextToken }),
  () => invalidParameter("The NextToken value is invalid."),
);
