import { EventPatternError } from "../../../util/event-pattern/pattern-error.ts";
import { EventPattern } from "../../../util/event-pattern/event-pattern.ts";
import { AwsError } from "../../aws-error.ts";

const refusal = (code: string) => (message: string) => new AwsError(code, message, { statusCode: 400 });

/** `ValidationException` (400). */
export const invalid = refusal("ValidationException");
/** `ResourceNotFoundException` (400). */
export const notFound = refusal("ResourceNotFoundException");
/** `ResourceAlreadyExistsException` (400). */
export const alreadyExists = refusal("ResourceAlreadyExistsException");
/** `LimitExceededException` (400). */
export const limitExceeded = refusal("LimitExceededException");
/** `IllegalStatusException` (400): the resource's state does not allow the operation. */
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

/** The characters of names, as a regular expression's text. */
export const NAME_PATTERN = String.raw`[\.\-_A-Za-z0-9]+`;
