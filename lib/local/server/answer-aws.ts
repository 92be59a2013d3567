import { errorStack } from "../kit/error-text.ts";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsError } from "../aws-error.ts";
import { bootstrapRegion, ensureBootstrap } from "../bootstrap.ts";
import type { Cloud, RequestContext, ServiceName } from "../service.ts";
import { checkInput, unreadable } from "../wire/check-input.ts";
import { shapeError, type ShapedError } from "../wire/error-shape.ts";
import { readIncoming } from "../wire/incoming.ts";
import type { WireCall } from "../wire/protocol.ts";
import { type ServiceServer, spokenProtocol } from "../wire/service-server.ts";
import type { WireReply, WireRequest } from "../wire/wire-message.ts";
import type { Target } from "./aws-gateway.ts";
import type { Exchange } from "./exchange.ts";
import { refusePage } from "./origin-check.ts";
import { operationNotCarried } from "./handler-of.ts";

/** Answers a call to an AWS service. Every request that came this far is one. */
export async function answerAws(exchange: Exchange): Promise<boolean> {
  const request = readIncoming(exchange.request, exchange.url);
  let target: Target | undefined;
  let reply: WireReply;
  try {
    target = await exchange.server.gateway.find(request);
    const { onlyService } = exchange;
    if (onlyService !== undefined && target.service !== onlyService) return refusePage(exchange);
    const answered = await invoke(exchange, target);
    if (answered === "dropped") return cutOff(exchange);
    reply = answered;
  } catch (error) {
    reply = refuse(exchange, request, target, error);
  }
  await send(exchange, reply);
  drain(exchange.request);
  return true;
}

/** The caller cannot know whether its call was carried out. */
function cutOff({ response }: Exchange): true {
  response.destroy();
  return true;
}

/** Unread bytes of a body must be consumed before the connection's next request. */
function drain(request: IncomingMessage): void {
  if (request.complete && request.readableEnded) return;
  request.unpipe();
  request.resume();
}

async function invoke(
  exchange: Exchange,
  { service, server, protocol, call, caller }: Target,
): Promise<WireReply | "dropped"> {
  if (server === undefined || protocol === undefined || typeof call === "string") {
    throw operationNotCarried(service, typeof call === "string" ? call : call.operation.name);
  }
  const context: RequestContext = {
    account: exchange.server.account,
    region: caller?.region ?? "us-east-1",
    requestId: exchange.requestId,
    ...(caller === undefined ? {} : { accessKeyId: caller.accessKeyId }),
    http: exchange.request,
  };
  const { name } = call.operation;
  const input = await readInput(exchange, call, server);
  const { services, intercept } = exchange.server;
  const { region } = context;
  const fate = await intercept?.({ service: service as ServiceName, operation: name, region, input });
  const bootstrapped = bootstrapRegion(input, context.region);
  if (bootstrapped !== undefined) await ensureBootstrap(services as Pick<Cloud, "call">, bootstrapped);
  const output = await services.answer(service as ServiceName, name, input, context);
  if (fate === "drop") return "dropped";
  return protocol.write(call.operation, (output ?? {}) as Record<string, unknown>, exchange.requestId);
}

/** The call's input, of its schema's types and with all required members. */
async function readInput(
  { request }: Exchange,
  call: WireCall,
  { model: { protocol }, quirks }: ServiceServer,
): Promise<Record<string, unknown>> {
  try {
    const input = await call.input();
    checkInput(call.operation, input, protocol, quirks.missingMembers);
    return input;
  } catch (error) {
    // A client that disconnected in the middle of its body gets no answer.
    throw request.destroyed && !request.complete ? error : unreadable(error, protocol);
  }
}

function refuse(exchange: Exchange, request: WireRequest, target: Target | undefined, error: unknown): WireReply {
  if (!(error instanceof AwsError)) {
    const operation = typeof target?.call === "string" ? target.call : target?.call.operation.name;
    exchange.server.log(`${exchange.requestId} ${target?.service} ${operation} ${describe(exchange, error)}`);
  }
  const shaped = shapeError(error, target?.server?.model);
  if (target?.protocol !== undefined) return target.protocol.writeError(shaped, exchange.requestId);
  return writeUnknown(request, shaped, exchange.requestId);
}

function describe({ request }: Exchange, error: unknown): string {
  if (request.destroyed && !request.complete) return "was not sent to its end: the client closed the connection";
  return `failed: ${errorStack(error)}`;
}

/** The refusal when no schema is at hand: in the manner of the protocol that the request looks like. */
function writeUnknown(request: WireRequest, error: ShapedError, requestId: string): WireReply {
  const headers = { "x-amzn-requestid": requestId, "x-amzn-errortype": error.code };
  if (spokenProtocol(request) === "awsQuery") {
    const fields = `<Type>${error.fault}</Type><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>`;
    const body = `<ErrorResponse><Error>${fields}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { status: error.statusCode, headers: { ...headers, "content-type": "text/xml" }, body };
  }
  const body = JSON.stringify({ __type: error.code, message: error.message });
  return { status: error.statusCode, headers: { ...headers, "content-type": "application/json" }, body };
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

async function send({ request, response }: Exchange, { status, headers, body }: WireReply): Promise<void> {
  if (body instanceof Readable) {
    response.writeHead(status, headers);
    if (request.method === "HEAD") {
      body.destroy();
      response.end();
      return;
    }
    // A failure during the answer can no longer be reported: the connection is cut, so that a partial answer is not
    // taken for a complete one.
    await pipeline(body, response).catch(() => response.destroy());
    return;
  }
  const bare = request.method === "HEAD" || status === 204 || status === 304;
  if (!bare) headers["content-length"] = String(body === undefined ? 0 : Buffer.byteLength(body));
  response.writeHead(status, headers);
  response.end(bare ? undefined : body);
}
