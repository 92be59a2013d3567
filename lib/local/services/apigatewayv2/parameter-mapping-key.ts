import { badRequest } from "./errors.ts";

/** Where a parameter mapping writes: `append:header.x`, `overwrite:path`, `overwrite:statuscode`. */
export interface ParameterTarget {
  readonly action: "append" | "overwrite" | "remove";
  readonly location: "header" | "querystring" | "path" | "statuscode";
  /** Header names in lower case; empty for the path and the status code. */
  readonly name: string;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html, "Reserved headers" */
const RESERVED =
  /^(access-control-.*|apigw-.*|authorization|connection|content-encoding|content-length|content-location|forwarded|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers|transfer-encoding|upgrade|x-amz-.*|x-amzn-.*|x-forwarded-for|x-forwarded-host|x-forwarded-proto|via)$/;

/** Takes a mapping's key apart, or refuses it. */
export function parseParameterMapping(key: string, side: "request" | "response"): ParameterTarget {
  if (side === "request" && key === "overwrite:path") return { action: "overwrite", location: "path", name: "" };
  if (side === "response" && key === "overwrite:statuscode")
    return { action: "overwrite", location: "statuscode", name: "" };
  const match = /^(append|overwrite|remove):(header|querystring)\.(.+)$/.exec(key);
  if (!match || (side === "response" && match[2] === "querystring"))
    throw badRequest(`Invalid mapping expression specified: ${key}`);
  const [, action, location, name] = match as unknown as [string, "append", "header", string];
  if (location !== "header") return { action, location, name };
  if (RESERVED.test(name.toLowerCase())) throw badRequest(`Operations on header ${name} are restricted`);
  return { action, location, name: name.toLowerCase() };
}
