import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isAwsError } from "../../../aws-error.ts";
import type { Permission } from "../../../../iam/permissions/permission.ts";
import { iamAuthorizer, signingKey } from "../../../http-api/signer.ts";
import type { HttpRoute, Visitor } from "../../../service.ts";
import { URL_PATH } from "./function-urls.ts";
import { findTarget } from "../invoke/invoke-target.ts";
import { run } from "../invoke/invoke.ts";
import type { Lambda } from "../context.ts";
import type { FunctionRef } from "../functions/names.ts";
import { functionArn } from "../functions/names.ts";
import { policyOfArn } from "../functions/permissions.ts";
import type { UrlRecord } from "../records.ts";
import { corsHeaders, tryAnswerPreflight } from "./url-cors.ts";
import { buildUrlEvent } from "./url-event.ts";
import { readUrlAnswer } from "./url-answer.ts";
import { StreamedAnswer } from "./url-stream.ts";

const HOST = /^([a-z0-9]{32})\.lambda-url\.[a-z0-9-]+\.localhost(:\d+)?$/;
const LARGEST_BODY_BYTES = 6 * 1024 * 1024;
const FORBIDDEN =
  "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

/** The HTTP side of function URLs: `/_aws/lambda-url/<id>/…`, or `<id>.lambda-url.<region>.localhost`. */
export function functionUrlRoute(lambda: Lambda): HttpRoute {
  return {
    isUserApi: true,
    matches: ({ host, path }) => path.startsWith(URL_PATH) || HOST.test(host),
    handle: (request, response) => answer(lambda, request, response),
  };
}

async function answer(lambda: Lambda, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  response.setHeader("x-amzn-requestid", requestId);
  const { id, rawPath, rawQuery } = splitUrl(request);
  const url = lambda.state.urls.get(id);
  if (url === undefined) return refuse(response, 404, { Message: null });
  const preflight = tryAnswerPreflight(url.config.Cors, request);
  if (preflight !== undefined) return void response.writeHead(200, preflight).end();
  const ref = { region: url.region, account: lambda.cloud.account, name: url.functionName, qualifier: url.qualifier };
  const accessKeyId = signingKey("lambda", {
    authorization: request.headers.authorization,
    query: new URLSearchParams(rawQuery),
  });
  const visitor = admit(lambda, url, ref, accessKeyId);
  if (visitor === undefined) {
    response.setHeader("x-amzn-errortype", "AccessDeniedException");
    return refuse(response, 403, { Message: FORBIDDEN });
  }
  const body = await tryReadBody(request);
  if (body === undefined) return refuse(response, 413, { Message: "Request entity too large" });
  const nowMs = lambda.cloud.clock.now();
  const iam = accessKeyId === undefined ? undefined : iamAuthorizer(visitor, accessKeyId, ref.account);
  const event = buildUrlEvent(url, { request, rawPath, rawQuery, body, requestId, iam, nowMs });
  await invokeFor(lambda, url, ref, event, { requestId, request, response }).catch((error: unknown) =>
    refuseFor(response, error),
  );
}

interface Exchange {
  readonly requestId: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function invokeFor(
  lambda: Lambda,
  url: UrlRecord,
  ref: FunctionRef,
  event: unknown,
  exchange: Exchange,
): Promise<void> {
  const { requestId, request, response } = exchange;
  const target = findTarget(lambda, ref);
  const payload = Buffer.from(JSON.stringify(event));
  const cors = corsHeaders(url.config.Cors, request);
  if (url.config.InvokeMode === "RESPONSE_STREAM") {
    const streamed = new StreamedAnswer(response, cors);
    const result = await run(lambda, target, payload, {
      requestId,
      onChunk: (chunk, type) => streamed.write(chunk, type),
    });
    if (result.errorType !== undefined) return streamed.fail();
    return streamed.end(result.payload, result.contentType);
  }
  const result = await run(lambda, target, payload, { requestId });
  const read = result.errorType === undefined ? readUrlAnswer(result.payload) : undefined;
  if (read === undefined) return refuse(response, 502, { Message: "Internal Server Error" });
  response.writeHead(read.status, { ...read.headers, ...cors, "content-length": read.body.length }).end(read.body);
}

function splitUrl(request: IncomingMessage): { id: string; rawPath: string; rawQuery: string } {
  const [path = "/", ...query] = (request.url ?? "/").split("?");
  const rawQuery = query.join("?");
  const byHost = HOST.exec((request.headers.host ?? "").toLowerCase())?.[1];
  if (byHost !== undefined) return { id: byHost, rawPath: path, rawQuery };
  const rest = path.slice(URL_PATH.length);
  const slash = rest.indexOf("/");
  if (slash < 0) return { id: rest, rawPath: "/", rawQuery };
  return { id: rest.slice(0, slash), rawPath: rest.slice(slash), rawQuery };
}

/**
 * A URL with IAM needs a signature; an open one has anonymous callers alone. Both need two permissions since October
 * 2025: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
function admit(lambda: Lambda, url: UrlRecord, ref: FunctionRef, signer: string | undefined): Visitor | undefined {
  const { AuthType: authType } = url.config;
  const accessKeyId = authType === "AWS_IAM" ? signer : undefined;
  if (authType === "AWS_IAM" && accessKeyId === undefined) return undefined;
  const resource = functionArn(ref);
  const permissions: readonly Permission[] = [
    { action: "lambda:InvokeFunctionUrl", resource, facts: { "lambda:functionurlauthtype": [authType ?? ""] } },
    { action: "lambda:InvokeFunction", resource, facts: { "lambda:invokedviafunctionurl": ["true"] } },
  ];
  return lambda.cloud.admit({
    service: "lambda",
    accessKeyId,
    permissions,
    region: ref.region,
    policy: policyOfArn(lambda, resource),
  });
}

async function tryReadBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY_BYTES) chunks.push(chunk);
  }
  return size > LARGEST_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function refuseFor(response: ServerResponse, error: unknown): void {
  if (isAwsError(error, "TooManyRequestsException")) return refuse(response, 429, { Message: "Rate Exceeded." });
  if (isAwsError(error, "ResourceNotFoundException", "ResourceConflictException"))
    return refuse(response, 502, { Message: "Internal Server Error" });
  throw error;
}

function refuse(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return void response.destroy();
  const text = JSON.stringify(body);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}
