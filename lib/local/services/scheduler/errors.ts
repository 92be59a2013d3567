import { AwsError } from "../../aws-error.ts";

const refusal = (code: string) => (message: string) => new AwsError(code, message);

export const invalid = refusal("ValidationException");
export const notFound = refusal("ResourceNotFoundException");
export const conflict = refusal("ConflictException");
