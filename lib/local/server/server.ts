import { errorStack } from "../kit/error-text.ts";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { answerAdmin } from "./admin.ts";
import { answerAws } from "./answer-aws.ts";
import { acceptCleartextHttp2 } from "./cleartext-http2.ts";
import type { Handler, ServerContext } from "./exchange.ts";
import { isOwnHost, refuseForeignHost } from "./host-check.ts";
import { comesFromPage, refuseForeignOrigin } from "./origin-check.ts";
import { refuse } from "./refuse.ts";
import { answerServiceRoute, findServiceRoute, matchRoute } from "./service-route.ts";

/** The request path: each step may answer, and then it ends. */
const HANDLERS: readonly Handler[] = [
  refuseForeignHost,
  findServiceRoute,
  refuseForeignOrigin,
  answerAdmin,
  answerServiceRoute,
  answerAws,
];

/** Makes the HTTP server of a cloud; the caller makes it listen, on loopback only. */
export function createCloudServer(context: ServerContext): Server {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const answered = handle(context, request, response).catch((error: unknown) => fail(context, response, error));
    context.inFlight.add(answered);
  };
  const server = createServer({ keepAliveTimeout: 120_000, maxHeaderSize: 64 * 1024 }, answer);
  acceptCleartextHttp2(server, answer);
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade(context, request, socket, head).catch((error: unknown) => {
      context.log(`An upgrade failed: ${describe(error)}`);
      socket.destroy();
    });
  });
  return server;
}

async function handle(server: ServerContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The cloud's own time: a deployer reads its clock off this header.
  response.sendDate = false;
  response.setHeader("date", new Date(server.clock.now()).toUTCString());
  const host = (request.headers.host ?? "").toLowerCase();
  const url = tryReadUrl(request, isOwnHost(host, server.address.port) ? host : "localhost");
  if (url === undefined) {
    refuse(response, 400, "InvalidRequestTarget", "The request's target is not a path.");
    return;
  }
  const exchange = { server, request, response, url, host, requestId: randomUUID() };
  for (const handler of HANDLERS) {
    if (await handler(exchange)) return;
  }
}

/** A connection that becomes a WebSocket: the same checks, and only a service's surface may take it. */
async function upgrade(server: ServerContext, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  socket.on("error", () => socket.destroy());
  const host = (request.headers.host ?? "").toLowerCase();
  const url = isOwnHost(host, server.address.port) ? tryReadUrl(request, host) : undefined;
  if (url === undefined) return refuseUpgrade(socket, "403 Forbidden");
  await server.ready;
  const route = matchRoute(server.services.routes, { request, host, url });
  if (!route?.isUserApi && comesFromPage(request, url)) return refuseUpgrade(socket, "403 Forbidden");
  if (route?.upgrade === undefined) return refuseUpgrade(socket, "426 Upgrade Required");
  route.upgrade(request, socket, head);
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function tryReadUrl({ url = "/" }: IncomingMessage, host: string): URL | undefined {
  try {
    return new URL(url.startsWith("/") ? `http://${host}${url}` : url);
  } catch {
    return undefined;
  }
}

function fail(context: ServerContext, response: ServerResponse, error: unknown): void {
  context.log(`A request could not be handled: ${describe(error)}`);
  if (response.headersSent) response.destroy();
  else refuse(response, 500, "InternalFailure", "The local cloud failed; its log says why.");
}

function describe(error: unknown): string {
  return errorStack(error);
}
