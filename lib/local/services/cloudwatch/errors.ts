import { AwsError } from "../../aws-error.ts";

export function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message);
}

export function invalidCombination(message: string): AwsError {
  return new AwsError("InvalidParameterCombinationException", message);
}

export function missingParameter(name: string): AwsError {
  return new AwsError("MissingRequiredParameterException", `The parameter ${name} is required.`);
}

/** Query clients know it as `ValidationError`. */
export function validation(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** AWS's words for one input that breaks its rule. */
export function constraint(value: unknown, member: string, rule: string): AwsError {
  return validation(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
}

/** What AWS can and this cloud does not, refused by name. */
export function notBuilt(what: string, instead: string): AwsError {
  return new AwsError("NotImplemented", `The local cloud does not carry ${what}. ${instead}`, { statusCode: 501 });
}
