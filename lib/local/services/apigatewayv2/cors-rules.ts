import type { Cors } from "@aws-sdk/client-apigatewayv2";
import { badRequest } from "./errors.ts";

const METHODS = new Set(["*", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"]);

/** Refuses a CORS configuration that API Gateway refuses; gives header names as it keeps them, in lower case. */
export function checkedCors(cors: Cors): Cors {
  if (
    cors.AllowCredentials &&
    [cors.AllowOrigins, cors.AllowHeaders, cors.AllowMethods].some((list) => list?.includes("*"))
  )
    throw badRequest("Invalid CORS configuration: allowCredentials cannot be true when a wildcard is allowed");
  if (cors.MaxAge !== undefined && (cors.MaxAge < -1 || cors.MaxAge > 86_400))
    throw badRequest("Invalid CORS configuration: maxAge must be between -1 and 86400");
  for (const method of cors.AllowMethods ?? [])
    if (!METHODS.has(method)) throw badRequest(`Invalid CORS configuration: method ${method} is not allowed`);
  for (const origin of cors.AllowOrigins ?? [])
    if (!/^(\*|https?:\/\/\S+|[a-z][a-z0-9+.-]*:\/\/\S+)$/i.test(origin))
      throw badRequest(`Invalid format for origin. Origins must start with 'http://' or 'https://'. Given: ${origin}`);
  return {
    ...cors,
    ...(cors.AllowHeaders && { AllowHeaders: cors.AllowHeaders.map((name) => name.toLowerCase()) }),
    ...(cors.ExposeHeaders && { ExposeHeaders: cors.ExposeHeaders.map((name) => name.toLowerCase()) }),
  };
}
