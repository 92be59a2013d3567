import type { Exchange, Authorization } from "./exchange.ts";
import { failure } from "./gateway-answer.ts";

/** A request signed with SigV4, in its header or its query; one that is not is Forbidden. */
export function iamIdentity(exchange: Exchange): Authorization {
  const accessKey = accessKeyOf(exchange);
  if (accessKey === undefined) throw failure(403);
  const { account } = exchange.stage;
  const userArn = `arn:aws:iam::${account}:root`;
  return {
    v2: {
      iam: {
        accessKey,
        accountId: account,
        callerId: accessKey,
        cognitoIdentity: null,
        principalOrgId: null,
        userArn,
        userId: account,
      },
    },
    identity: { accessKey, accountId: account, caller: accessKey, user: account, userArn },
  };
}

function accessKeyOf({ request }: Exchange): string | undefined {
  const header = request.headers.get("authorization")?.[0] ?? "";
  const signed = /^AWS4-HMAC-SHA256\s.*Credential=([^/,\s]+)\/\d{8}\/[^/]+\/execute-api\/aws4_request.*Signature=/.exec(
    header,
  );
  if (signed) return signed[1];
  const query = new Map(request.query);
  if (query.get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256" || !query.has("X-Amz-Signature")) return undefined;
  return /^([^/]+)\/\d{8}\/[^/]+\/execute-api\/aws4_request$/.exec(query.get("X-Amz-Credential") ?? "")?.[1];
}
