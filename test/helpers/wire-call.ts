import type { IncomingHttpHeaders } from "node:http";

/** What a request at the wire is, in AWS's words. */
export interface WireCall {
  /** The SDK client's name, for example `cloudformation`. Empty where the request is not signed. */
  readonly service: string;
  /** For example `UpdateAlias`; method and path where the request is of no operation that this file knows. */
  readonly operation: string;
  readonly accessKeyId: string;
}

/** Signing names that differ from the client's name. */
const CLIENT_OF: Readonly<Record<string, string>> = { monitoring: "cloudwatch", states: "sfn", events: "eventbridge" };

const LAMBDA: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ["GET", /^\/[\d-]+\/functions\/[^/]+\/aliases\/[^/]+$/, "GetAlias"],
  ["PUT", /^\/[\d-]+\/functions\/[^/]+\/aliases\/[^/]+$/, "UpdateAlias"],
  ["GET", /^\/[\d-]+\/functions\/[^/]+\/aliases$/, "ListAliases"],
  ["GET", /^\/[\d-]+\/functions\/[^/]+\/versions$/, "ListVersionsByFunction"],
  ["GET", /^\/[\d-]+\/functions\/[^/]+\/configuration$/, "GetFunctionConfiguration"],
  ["GET", /\/functions\/[^/]+\/provisioned-concurrency\?(.*&)?List=ALL/, "ListProvisionedConcurrencyConfigs"],
  ["GET", /^\/[\d-]+\/functions\/[^/]+\/provisioned-concurrency\?/, "GetProvisionedConcurrencyConfig"],
  ["PUT", /^\/[\d-]+\/functions\/[^/]+\/provisioned-concurrency\?/, "PutProvisionedConcurrencyConfig"],
  ["DELETE", /^\/[\d-]+\/functions\/[^/]+\/provisioned-concurrency\?/, "DeleteProvisionedConcurrencyConfig"],
  ["GET", /^\/[\d-]+\/functions\/[^/]+\/durable-executions$/, "ListDurableExecutionsByFunction"],
  ["POST", /^\/[\d-]+\/functions\/[^/]+\/invocations$/, "Invoke"],
  ["DELETE", /^\/[\d-]+\/functions\/[^/]+$/, "DeleteFunction"],
  ["GET", /^\/[\d-]+\/functions\/[^/]+$/, "GetFunction"],
  ["POST", /^\/[\d-]+\/functions\/[^/]+\/versions$/, "PublishVersion"],
];

const S3: Readonly<Record<string, string>> = {
  GET: "GetObject",
  HEAD: "HeadObject",
  PUT: "PutObject",
  DELETE: "DeleteObject",
};

/** Reads operation and signer off a request, by the protocol that it speaks. */
export function readWireCall(method: string, url: string, headers: IncomingHttpHeaders, body: string): WireCall {
  const [, accessKeyId = "", signed = ""] =
    /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
  const service = CLIENT_OF[signed] ?? signed;
  return { service, operation: operationOf(service, method, url, headers, body), accessKeyId };
}

function operationOf(service: string, method: string, url: string, headers: IncomingHttpHeaders, body: string): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.slice(target.lastIndexOf(".") + 1);
  const path = url.split("?")[0] ?? "";
  const cbor = /\/operation\/(\w+)$/.exec(path)?.[1];
  const form = /^Action=(\w+)|&Action=(\w+)/.exec(body);
  const query = form?.[1] ?? form?.[2];
  const lambda = LAMBDA.find(([verb, pattern]) => verb === method && (pattern.test(path) || pattern.test(url)))?.[2];
  const object = service === "s3" && path.split("/").length > 2 ? S3[method] : undefined;
  return cbor ?? query ?? lambda ?? object ?? `${method} ${url}`;
}
