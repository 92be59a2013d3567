import type { GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../state/clock.ts";
import type { RequestContext } from "../../service.ts";
import type { SessionBook } from "./session-book.ts";

/** Any key is the account's own unless it was given out as temporary credentials. */
export function getCallerIdentity(
  sessions: SessionBook,
  clock: Clock,
  { account, accessKeyId }: RequestContext,
): GetCallerIdentityResponse {
  if (accessKeyId === undefined) throw refused("MissingAuthenticationToken", "Request is missing Authentication Token");
  const session = sessions.find(accessKeyId);
  if (session === undefined && accessKeyId.startsWith("ASIA")) {
    throw refused("InvalidClientTokenId", "The security token included in the request is invalid");
  }
  if (session === undefined) return { UserId: account, Account: account, Arn: `arn:aws:iam::${account}:root` };
  if (session.expiresAtMs <= clock.now()) {
    throw refused("ExpiredTokenException", "The security token included in the request is expired");
  }
  return { UserId: session.userId, Account: account, Arn: session.arn };
}

function refused(code: string, message: string): AwsError {
  return new AwsError(code, message, { statusCode: 403 });
}
