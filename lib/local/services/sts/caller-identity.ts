import type { GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import type { SessionBook } from "./session-book.ts";

/** Any key is the account's own unless it was given out as temporary credentials. */
export function getCallerIdentity(sessions: SessionBook, context: RequestContext): GetCallerIdentityResponse {
  const { account, accessKeyId } = context;
  if (accessKeyId === undefined) {
    throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", { statusCode: 403 });
  }
  const session = sessions.find(accessKeyId);
  if (session === undefined && accessKeyId.startsWith("ASIA")) {
    throw new AwsError("InvalidClientTokenId", "The security token included in the request is invalid", {
      statusCode: 403,
    });
  }
  return session === undefined
    ? { UserId: account, Account: account, Arn: `arn:aws:iam::${account}:root` }
    : { UserId: session.userId, Account: account, Arn: session.arn };
}
