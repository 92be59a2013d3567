import { asText, SAMPLE } from "./sample.ts";

/** A request to an HTTP API or a function URL. */
export interface HttpRequestInput {
  /** @default "GET", or "POST" where there is a body */
  readonly method?: string;
  /** @default "/" */
  readonly path?: string;
  /** Sent as JSON where it is not text. */
  readonly body?: unknown;
  /** In lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** For example `POST /todos/{id}`. @default - made of method and path */
  readonly routeKey?: string;
  /** Claims of a JWT authorizer. */
  readonly claims?: Readonly<Record<string, string>>;
}

/**
 * The event of an HTTP API, in format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpApiEvent(input: HttpRequestInput = {}) {
  const { path = "/", query, pathParameters, claims } = input;
  const method = methodOf(input);
  const routeKey = input.routeKey ?? `${method} ${path}`;
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: headersOf(input, `abcdefghij.execute-api.${SAMPLE.region}.amazonaws.com`),
    ...(query === undefined ? {} : { queryStringParameters: { ...query } }),
    requestContext: {
      accountId: SAMPLE.account,
      apiId: "abcdefghij",
      ...(claims === undefined ? {} : { authorizer: { jwt: { claims: { ...claims }, scopes: null } } }),
      domainName: `abcdefghij.execute-api.${SAMPLE.region}.amazonaws.com`,
      domainPrefix: "abcdefghij",
      ...requestOf(method, path),
      routeKey,
      stage: "$default",
      ...SAMPLE_TIME,
    },
    ...(pathParameters === undefined ? {} : { pathParameters: { ...pathParameters } }),
    ...bodyOf(input),
  };
}

/**
 * The event of a function URL.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function functionUrlEvent(input: Omit<HttpRequestInput, "pathParameters" | "routeKey" | "claims"> = {}) {
  const { path = "/", query } = input;
  const domainPrefix = "abcdefghijklmnopqrstuvwxyz012345";
  const domainName = `${domainPrefix}.lambda-url.${SAMPLE.region}.on.aws`;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: headersOf(input, domainName),
    ...(query === undefined ? {} : { queryStringParameters: { ...query } }),
    requestContext: {
      accountId: "anonymous",
      apiId: domainPrefix,
      domainName,
      domainPrefix,
      ...requestOf(methodOf(input), path),
      routeKey: "$default",
      stage: "$default",
      ...SAMPLE_TIME,
    },
    ...bodyOf(input),
  };
}

const SAMPLE_TIME = { time: "01/Jan/2026:12:00:00 +0000", timeEpoch: SAMPLE.timeMs } as const;

function methodOf({ method, body }: HttpRequestInput): string {
  return method ?? (body === undefined ? "GET" : "POST");
}

function headersOf({ headers, body }: HttpRequestInput, host: string): Record<string, string> {
  const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  return { accept: "*/*", ...type, host, "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", ...headers };
}

function requestOf(method: string, path: string) {
  return {
    http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "tidegate" },
    requestId: SAMPLE.requestId,
  };
}

function bodyOf({ body }: HttpRequestInput) {
  return body === undefined ? { isBase64Encoded: false } : { body: asText(body), isBase64Encoded: false };
}
