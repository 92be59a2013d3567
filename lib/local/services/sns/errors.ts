import { AwsError } from "../../aws-error.ts";

/** SNS's words for most of what it refuses: `Invalid parameter: …`. */
export function invalidParameter(detail: string): AwsError {
  return new AwsError("InvalidParameterException", `Invalid parameter: ${detail}`);
}

/** What Query clients know as `ParameterValueInvalid`. */
export function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message);
}

export function noTopic(): AwsError {
  return new AwsError("NotFoundException", "Topic does not exist");
}

export function noSubscription(): AwsError {
  return new AwsError("NotFoundException", "Subscription does not exist");
}

/** What AWS can and this cloud does not, refused by name. */
export function notBuilt(what: string, instead: string): AwsError {
  return new AwsError("NotImplemented", `The local cloud does not carry ${what}. ${instead}`, { statusCode: 501 });
}
