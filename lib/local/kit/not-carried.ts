import { AwsError } from "../aws-error.ts";

/**
 * The refusal of what AWS can do and this cloud cannot: a `NotImplemented` of status 501 that names it. `instead` is a
 * sentence that says what to do.
 */
export function notCarried(what: string, instead?: string): AwsError {
  const message = `The local cloud does not support ${what}.${instead === undefined ? "" : ` ${instead}`}`;
  return new AwsError("NotImplemented", message, { statusCode: 501 });
}
