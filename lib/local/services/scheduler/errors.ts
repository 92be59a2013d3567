import { AwsError } from "../../aws-error.ts";

const refusal = (code: string) => (message: string) => new AwsError(code, message);

/** `ValidationException` (400). */
export const invalid = refusal("ValidationException");
/** `ResourceNotFoundException` (404). */
export const notFound = refusal("ResourceNotFoundException");
/** `ConflictException` (409). */
export const conflict = refusal("ConflictException");
