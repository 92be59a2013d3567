import { AwsError } from "../../aws-error.ts";

/** AWS's `ValidationException` with AWS's words. */
export function validationError(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** The prefix that AWS puts before most refusals of values. */
export function invalidParameter(message: string): AwsError {
  return validationError(`One or more parameter values were invalid: ${message}`);
}

/** Runs `work`; a refusal's message goes through `reword` on its way out. */
export function rewordRefusal<T>(work: () => T, reword: (message: string) => string): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AwsError && error.code === "ValidationException") throw validationError(reword(error.message));
    throw error;
  }
}
