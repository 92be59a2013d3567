import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";

/** The words differ by protocol, as AWS's do. */
export function queueMissing(context: RequestContext): AwsError {
  const isQuery = context.http !== undefined && context.http.headers["x-amz-target"] === undefined;
  return new AwsError(
    "QueueDoesNotExist",
    `The specified queue does not exist${isQuery ? " for this wsdl version" : ""}.`,
  );
}

/** `InvalidParameterValue` (400), with the parameter's value and the reason. */
export function invalidValue(value: unknown, parameter: string, reason: string): AwsError {
  return invalidParameter(`Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`);
}

/** `InvalidParameterValue` (400). */
export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message, { queryCode: "InvalidParameterValue" });
}

/** `MissingParameter` (400). */
export function missingParameter(name: string): AwsError {
  const message = `The request must contain the parameter ${name}.`;
  return new AwsError("MissingRequiredParameterException", message, { queryCode: "MissingParameter" });
}

/** `InvalidAttributeName` (400). */
export function unknownAttribute(name: string): AwsError {
  return new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
}

/** `InvalidAttributeValue` (400). */
export function invalidAttribute(name: string, reason?: string): AwsError {
  const why = reason === undefined ? "" : ` Reason: ${reason}`;
  return new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.${why}`);
}
