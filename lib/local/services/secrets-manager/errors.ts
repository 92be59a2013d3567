import { pager } from "../../kit/page.ts";
import { AwsError } from "../../aws-error.ts";

const refusal = (code: string) => (message: string) => new AwsError(code, message, { statusCode: 400 });

/** `ResourceNotFoundException` (400). */
export const notFound = refusal("ResourceNotFoundException");
/** `ResourceExistsException` (400). */
export const alreadyExists = refusal("ResourceExistsException");
/** `InvalidRequestException` (400): the secret's state does not allow the operation. */
export const invalidRequest = refusal("InvalidRequestException");
/** `InvalidParameterException` (400). */
export const invalidParameter = refusal("InvalidParameterException");
/** `LimitExceededException` (400). */
export const limitExceeded = refusal("LimitExceededException");
/** `ValidationException` (400). */
export const secretsValidation = refusal("ValidationException");

/** `ResourceNotFoundException` for a secret, worded as AWS words it. */
export const noSuchSecret = () => notFound("Secrets Manager can't find the specified secret.");

/** `InvalidRequestException`: the secret is scheduled for deletion. */
export const markedForDeletion = () =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");

/** A page of a list, and `NextToken` where there are more. */
export const pageOf = pager(
  (NextToken) => ({ NextToken }),
  () => invalidParameter("The NextToken value is invalid."),
);
