import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerAws } from "./answer-aws.ts";
import type { Handler, ServerContext } from "./exchange.ts";

/** The request path: each step may answer, and then it ends. */
const HANDLERS: readonly Handler[] = [answerAws];

/** Makes the HTTP server of a cloud; the caller makes it listen, on loopback only. */
export function createCloudServer(context: ServerContext): Server {
  const server = createServer({ keepAliveTimeout: 120_000, maxHeaderSize: 64 * 1024 }, (request, response) => {
    handle(context, request, response).catch((error: unknown) => {
      context.log(`A request could not be handled: ${error instanceof Error ? error.stack : String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  return server;
}

async function handle(server: ServerContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The cloud's own time: a deployer reads its clock off this header.
  response.sendDate = false;
  response.setHeader("date", new Date(server.clock.now()).toUTCString());
  const host = (request.headers.host ?? "").toLowerCase();
  const url = new URL(request.url ?? "/", "http://localhost");
  const exchange = { server, request, response, url, host, requestId: randomUUID() };
  for (const handler of HANDLERS) {
    if (await handler(exchange)) return;
  }
}
