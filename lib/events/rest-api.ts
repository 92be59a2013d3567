import type { HttpRequestInput } from "./http-api.ts";
import { asText, SAMPLE } from "./sample.ts";

/** A request to a REST API. */
export interface RestRequestInput extends Omit<HttpRequestInput, "routeKey"> {
  /** For example `/todos/{id}`. @default - the path */
  readonly resource?: string;
}

/**
 * The event of a REST API's proxy integration, and of an HTTP API in format 1.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function restApiEvent(input: RestRequestInput = {}) {
  const { path = "/", body, query, pathParameters, claims } = input;
  const httpMethod = input.method ?? (body === undefined ? "GET" : "POST");
  const resource = input.resource ?? path;
  const domainName = `abcdefghij.execute-api.${SAMPLE.region}.amazonaws.com`;
  const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
  const headers: Record<string, string> = { Accept: "*/*", ...type, Host: domainName, ...input.headers };
  return {
    resource,
    path,
    httpMethod,
    headers,
    multiValueHeaders: lists(headers),
    queryStringParameters: query === undefined ? null : { ...query },
    multiValueQueryStringParameters: query === undefined ? null : lists(query),
    pathParameters: pathParameters === undefined ? null : { ...pathParameters },
    stageVariables: null,
    requestContext: {
      accountId: SAMPLE.account,
      apiId: "abcdefghij",
      ...(claims === undefined ? {} : { authorizer: { claims: { ...claims } } }),
      domainName,
      domainPrefix: "abcdefghij",
      extendedRequestId: "JJbxmplHYosFVYQ=",
      httpMethod,
      identity: { sourceIp: "192.0.2.1", userAgent: "tidegate" },
      path: `/prod${path}`,
      protocol: "HTTP/1.1",
      requestId: SAMPLE.requestId,
      requestTime: "01/Jan/2026:12:00:00 +0000",
      requestTimeEpoch: SAMPLE.timeMs,
      resourceId: "abc123",
      resourcePath: resource,
      stage: "prod",
    },
    body: body === undefined ? null : asText(body),
    isBase64Encoded: false,
  };
}

function lists(values: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
}
