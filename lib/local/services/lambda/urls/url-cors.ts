import type { Cors } from "@aws-sdk/client-lambda";
import type { IncomingMessage } from "node:http";

/** The headers that a function URL adds for a request from another origin; they replace the function's own. */
export function corsHeaders(cors: Cors | undefined, request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (cors === undefined || origin === undefined || !allows(cors.AllowOrigins, origin)) return {};
  const any = cors.AllowOrigins?.includes("*") === true && cors.AllowCredentials !== true;
  return {
    "access-control-allow-origin": any ? "*" : origin,
    ...(!any && { vary: "Origin" }),
    ...(cors.AllowCredentials === true && { "access-control-allow-credentials": "true" }),
    ...(cors.ExposeHeaders?.length && { "access-control-expose-headers": cors.ExposeHeaders.join(",") }),
  };
}

/** The answer to a preflight request, or undefined when the request is none, or the URL has no CORS. */
export function tryAnswerPreflight(
  cors: Cors | undefined,
  request: IncomingMessage,
): Record<string, string> | undefined {
  const asked = request.headers["access-control-request-method"];
  if (cors === undefined || request.method !== "OPTIONS" || asked === undefined) return undefined;
  const headers = corsHeaders(cors, request);
  if (headers["access-control-allow-origin"] === undefined || !allows(cors.AllowMethods, asked)) return {};
  return {
    ...headers,
    ...(cors.AllowMethods?.length && { "access-control-allow-methods": cors.AllowMethods.join(",") }),
    ...(cors.AllowHeaders?.length && { "access-control-allow-headers": cors.AllowHeaders.join(",") }),
    ...(cors.MaxAge !== undefined && { "access-control-max-age": String(cors.MaxAge) }),
  };
}

function allows(allowed: readonly string[] | undefined, value: string): boolean {
  return allowed?.some((each) => each === "*" || each === value) === true;
}
