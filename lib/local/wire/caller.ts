import type { IncomingHttpHeaders } from "node:http";

/** Who calls what and where, as the request's signature says. The signature itself is not verified. */
export interface Caller {
  readonly accessKeyId: string;
  readonly region: string | undefined;
  /** The name that the service signs with, for example `monitoring`. */
  readonly signingName: string;
}

/** Reads SigV4's credential scope from the Authorization header or from a presigned query. */
export function readCaller(headers: IncomingHttpHeaders, query: URLSearchParams): Caller | undefined {
  const authorization = headers.authorization;
  const signed = authorization !== undefined && /^AWS4-[\w-]+ /.test(authorization);
  const credential = signed ? /Credential=([^,\s]+)/.exec(authorization)?.[1] : query.get("X-Amz-Credential");
  if (!credential) return undefined;
  return readScope(credential.split("/"));
}

/** `AKID/date/region/service/aws4_request`; SigV4a leaves the region out. An access key id may hold no slash. */
function readScope(parts: readonly string[]): Caller | undefined {
  if (parts.at(-1) !== "aws4_request" || parts.length < 4) return undefined;
  const [accessKeyId = ""] = parts;
  const signingName = parts.at(-2)!;
  return { accessKeyId, signingName, region: parts.length >= 5 ? parts.at(-3) : undefined };
}
