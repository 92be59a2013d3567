import type { Cloud } from "../service.ts";
import type { Exchange, Authorization } from "./exchange.ts";
import { failure } from "./gateway-answer.ts";
import { routeArn } from "./route-arn.ts";
import { iamAuthorizer, signingKey } from "./signer.ts";

/**
 * Who signed a request of a route with `AWS_IAM`. Forbidden are requests without a signature, of an unknown or expired
 * key, and of callers that may not `execute-api:Invoke` the route: HTTP APIs do not say which.
 */
export function iamIdentity(cloud: Cloud, exchange: Exchange): Authorization {
  const { request, stage } = exchange;
  const authorization = request.headers.get("authorization")?.[0];
  const accessKeyId = signingKey("execute-api", { authorization, query: request.query });
  if (accessKeyId === undefined) throw failure(403);
  const permissions = [{ action: "execute-api:Invoke", resource: routeArn(exchange) }];
  const visitor = cloud.admit({ service: "apigatewayv2", accessKeyId, permissions, region: stage.api.Region });
  if (visitor === undefined) throw failure(403);
  const iam = iamAuthorizer(visitor, accessKeyId, stage.account);
  const { callerId: caller, userId: user, userArn, accountId } = iam;
  return { v2: { iam }, identity: { accessKey: accessKeyId, accountId, caller, user, userArn } };
}
