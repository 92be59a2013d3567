import { AwsError } from "../../aws-error.ts";

/** `NoSuchEntityException` (404). */
export const noSuchEntity = (message: string) => new AwsError("NoSuchEntityException", message, { statusCode: 404 });

/** `EntityAlreadyExistsException` (409). */
export const alreadyExists = (message: string) =>
  new AwsError("EntityAlreadyExistsException", message, { statusCode: 409 });

/** `DeleteConflictException` (409): something is still attached to what should be deleted. */
export const deleteConflict = (message: string) =>
  new AwsError("DeleteConflictException", message, { statusCode: 409 });

/** `LimitExceededException` (409). */
export const limitExceeded = (message: string) => new AwsError("LimitExceededException", message, { statusCode: 409 });

/** `InvalidInputException` (400). */
export const invalidInput = (message: string) => new AwsError("InvalidInputException", message);

/** `MalformedPolicyDocumentException` (400). */
export const malformedPolicy = (message: string) => new AwsError("MalformedPolicyDocumentException", message);

/** IAM's own code for members that break a constraint. */
export const iamValidation = (message: string) => new AwsError("ValidationError", message);
