import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { acceptCleartextHttp2 } from "../../../lib/local/server/cleartext-http2.ts";
import { readIncoming } from "../../../lib/local/wire/incoming.ts";
import { shapeError } from "../../../lib/local/wire/error-shape.ts";
import type { ServiceServer } from "../../../lib/local/wire/service-server.ts";

/** Answers one call: gets what was decoded, gives what is to be encoded, or throws. */
export type Answer = (operation: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** The wire of one service over real HTTP, without a cloud behind it. */
export async function startEchoServer(service: ServiceServer, answer: Answer) {
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const incoming = readIncoming(request, new URL(request.url!, "http://localhost"));
    const protocol = service.protocolOf(incoming)!;
    const reply = await (async () => {
      const call = await protocol.read(incoming);
      if (typeof call === "string") throw new Error(`No operation: ${call}`);
      const output = await answer(call.operation.name, await call.input());
      return protocol.write(call.operation, output, "request-1");
    })().catch((error: unknown) => protocol.writeError(shapeError(error, service.model), "request-1"));
    response.writeHead(reply.status, reply.headers);
    if (reply.body instanceof Readable) reply.body.pipe(response);
    else response.end(request.method === "HEAD" ? undefined : reply.body);
  };
  const http = createServer(handle);
  acceptCleartextHttp2(http, handle);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
}
