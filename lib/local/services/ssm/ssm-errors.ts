import { AwsError } from "../../aws-error.ts";

/** AWS says no more than the code: clients show `ParameterNotFound: UnknownError`. */
export const parameterNotFound = () => new AwsError("ParameterNotFound", "");

export const parameterVersionNotFound = (name: string, selector: string | number) =>
  new AwsError(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
  );

export const parameterAlreadyExists = () =>
  new AwsError(
    "ParameterAlreadyExists",
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );

export const ssmValidation = (message: string) => new AwsError("ValidationException", message);
