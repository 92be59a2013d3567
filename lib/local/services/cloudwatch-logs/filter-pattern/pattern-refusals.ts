import { AwsError } from "../../../aws-error.ts";
import { invalidParameter } from "../errors.ts";

/** `InvalidParameterException`: the filter pattern cannot be read. */
export function invalidPattern(): AwsError {
  return invalidParameter("Invalid filter pattern");
}

/** Regular expressions are AWS's own dialect. They are not supported, and are refused rather than matched as text. */
export function regexNotCarried(): AwsError {
  return new AwsError(
    "NotImplemented",
    "The local cloud does not support regular expressions (%…%) in filter patterns. Use terms, wildcards or JSON selectors.",
    { statusCode: 501 },
  );
}
