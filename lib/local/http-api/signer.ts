import type { Visitor } from "../service.ts";

/** Where a signature of version 4 may be. */
interface SignedRequest {
  /** The header `authorization`. */
  readonly authorization: string | undefined;
  readonly query: Iterable<readonly [name: string, value: string]>;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/**
 * The access key that signed a request for a service (`execute-api`, `lambda`), in its header or its query; undefined
 * where it is not signed. The signature itself is not verified.
 */
export function signingKey(service: string, { authorization, query }: SignedRequest): string | undefined {
  const scope = String.raw`([^/,\s]+)/\d{8}/[^/]+/${service}/aws4_request`;
  const inHeader = new RegExp(String.raw`^${ALGORITHM}\s.*Credential=${scope}.*Signature=`).exec(authorization ?? "");
  if (inHeader) return inHeader[1];
  const given = new Map(query);
  if (given.get("X-Amz-Algorithm") !== ALGORITHM || !given.has("X-Amz-Signature")) return undefined;
  return new RegExp(`^${scope}$`).exec(given.get("X-Amz-Credential") ?? "")?.[1];
}

/** `requestContext.authorizer.iam` of an event: who signed the request. */
export function iamAuthorizer({ arn, userId }: Visitor, accessKey: string, accountId: string) {
  return {
    accessKey,
    accountId,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId,
  };
}
