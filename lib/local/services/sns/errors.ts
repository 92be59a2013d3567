import { AwsError } from "../../aws-error.ts";

/** SNS's words for most of what it refuses: `Invalid parameter: …`. */
export function invalidParameter(detail: string): AwsError {
  return new AwsError("InvalidParameterException", `Invalid parameter: ${detail}`);
}

/** What Query clients know as `ParameterValueInvalid`. */
export function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message);
}

/** `NotFound` (404) for a topic, worded as AWS words it. */
export function noTopic(): AwsError {
  return new AwsError("NotFoundException", "Topic does not exist");
}

/** `NotFound` (404) for a subscription, worded as AWS words it. */
export function noSubscription(): AwsError {
  return new AwsError("NotFoundException", "Subscription does not exist");
}
