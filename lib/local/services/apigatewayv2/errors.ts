import { AwsError } from "../../aws-error.ts";

export function badRequest(message: string): AwsError {
  return new AwsError("BadRequestException", message);
}

export function conflict(message: string): AwsError {
  return new AwsError("ConflictException", message);
}

/** "Unable to find Route by key … within the provided scope": what API Gateway says of everything under an API. */
export function notFound(resourceType: string, key: string | undefined): AwsError {
  return new AwsError("NotFoundException", `Unable to find ${resourceType} by key ${key} within the provided scope`, {
    members: { ResourceType: resourceType },
  });
}

export function apiNotFound(account: string, apiId: string | undefined): AwsError {
  return new AwsError("NotFoundException", `Invalid API identifier specified ${account}:${apiId}`);
}
