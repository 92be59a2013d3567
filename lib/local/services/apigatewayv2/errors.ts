import { AwsError } from "../../aws-error.ts";

/** `BadRequestException` (400): the request breaks a rule of the API. */
export function badRequest(message: string): AwsError {
  return new AwsError("BadRequestException", message);
}

/** `ConflictException` (409): the resource exists, or another one depends on it. */
export function conflict(message: string): AwsError {
  return new AwsError("ConflictException", message);
}

/** "Unable to find Route by key … within the provided scope": what API Gateway says of everything under an API. */
export function notFound(resourceType: string, key: string | undefined): AwsError {
  return new AwsError("NotFoundException", `Unable to find ${resourceType} by key ${key} within the provided scope`, {
    members: { ResourceType: resourceType },
  });
}

/** `NotFoundException` (404) for an API, worded as AWS words it. */
export function apiNotFound(account: string, apiId: string | undefined): AwsError {
  return new AwsError("NotFoundException", `Invalid API identifier specified ${account}:${apiId}`);
}
