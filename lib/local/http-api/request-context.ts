import type { Exchange } from "./exchange.ts";

/** `requestContext` of payload format 2.0. */
export function requestContextV2(exchange: Exchange): object {
  const { request, stage, route } = exchange;
  return {
    accountId: stage.account,
    apiId: stage.api.ApiId,
    ...(exchange.authorization?.v2 && { authorizer: exchange.authorization.v2 }),
    domainName: request.domainName,
    domainPrefix: request.domainName.split(".")[0],
    http: {
      method: request.method,
      path: request.path,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: userAgentOf(exchange),
    },
    requestId: request.requestId,
    routeKey: route?.key,
    stage: stage.name,
    time: clfTime(request.timeMs),
    timeEpoch: request.timeMs,
  };
}

/** `requestContext` of payload format 1.0. */
export function requestContextV1(exchange: Exchange): object {
  const { request, stage, route } = exchange;
  return {
    accountId: stage.account,
    apiId: stage.api.ApiId,
    ...(exchange.authorization?.v1 && { authorizer: exchange.authorization.v1 }),
    domainName: request.domainName,
    domainPrefix: request.domainName.split(".")[0],
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    identity: {
      ...NO_IDENTITY,
      ...exchange.authorization?.identity,
      sourceIp: request.sourceIp,
      userAgent: userAgentOf(exchange),
    },
    path: request.path,
    protocol: request.protocol,
    requestId: request.requestId,
    requestTime: clfTime(request.timeMs),
    requestTimeEpoch: request.timeMs,
    resourceId: route?.key,
    resourcePath: route?.path,
    stage: stage.name,
  };
}

const NO_IDENTITY = {
  accessKey: null,
  accountId: null,
  caller: null,
  cognitoAmr: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: null,
  user: null,
  userAgent: null,
  userArn: null,
};

/** The `User-Agent` of a request; empty where it has none. */
export function userAgentOf(exchange: Exchange): string {
  return exchange.request.headers.get("user-agent")?.join(",") ?? "";
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A moment in the common log format: `12/Mar/2020:19:03:58 +0000`. */
export function clfTime(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
