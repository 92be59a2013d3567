import { EventPatternError } from "../../../util/event-pattern/pattern-error.ts";
import { EventPattern } from "../../../util/event-pattern/event-pattern.ts";
import { AwsError } from "../../aws-error.ts";

const refusal = (code: string) => (message: string) => new AwsError(code, message, { statusCode: 400 });

export const invalid = refusal("ValidationException");
export const notFound = refusal("ResourceNotFoundException");
export const alreadyExists = refusal("ResourceAlreadyExistsException");
export const limitExceeded = refusal("LimitExceededException");
export const illegalStatus = refusal("IllegalStatusException");

/** Reads a pattern, or refuses it with AWS's words. */
export function requirePattern(text: string): EventPattern {
  try {
    return new EventPattern(text);
  } catch (error) {
    if (!(error instanceof EventPatternError)) throw error;
    throw new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${error.message}`, {
      statusCode: 400,
    });
  }
}

export const NAME_PATTERN = String.raw`[\.\-_A-Za-z0-9]+`;
