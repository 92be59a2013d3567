import { pager } from "../../kit/page.ts";
import { AwsError } from "../../aws-error.ts";

/** SSM refuses every request with 400, unlike its former Query protocol. */
export const ssmError = (code: string, message: string) => new AwsError(code, message, { statusCode: 400 });

/** AWS says no more than the code: clients show `ParameterNotFound: UnknownError`. */
export const parameterNotFound = () => ssmError("ParameterNotFound", "");

/** `ParameterVersionNotFound` (400), by version number or label. */
export const parameterVersionNotFound = (name: string, selector: string | number) =>
  ssmError(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
  );

/** `ParameterAlreadyExists` (400): overwriting was not asked for. */
export const parameterAlreadyExists = () =>
  ssmError(
    "ParameterAlreadyExists",
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );

/** `ValidationException` (400). */
export const ssmValidation = (message: string) => ssmError("ValidationException", message);

/** A page of a list, and `NextToken` where there are more. */
export const pageOf = pager(
  (NextToken) => ({ NextToken }),
  () => ssmError("InvalidNextToken", "The specified token isn't valid."),
);
