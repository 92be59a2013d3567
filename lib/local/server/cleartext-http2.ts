import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2Server, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";

/** How every HTTP/2 connection begins (RFC 9113, section 3.4). No HTTP/1 request begins so. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Lets an HTTP/1 server take connections that begin with HTTP/2's preface, as the SDK's Kinesis client opens them to
 * an `http://` endpoint. Both kinds end in the same `handle`, and close with the server.
 */
export function acceptCleartextHttp2(server: Server, handle: Handle): void {
  const http1 = server.listeners("connection") as ((socket: Socket) => void)[];
  let http2: Promise<Http2Server> | undefined;
  const undecided = new Set<Socket>();
  const other = new Set<Socket>();
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    track(undecided, socket);
    tellApart(socket, (isHttp2) => {
      undecided.delete(socket);
      if (!isHttp2) return http1.forEach((listener) => listener.call(server, socket));
      track(other, socket);
      http2 ??= makeHttp2Server(handle);
      void http2.then((ready) => ready.emit("connection", socket));
    });
  });
  // The server knows of those alone that speak HTTP/1.
  const closeHttp1 = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    for (const socket of [...undecided, ...other]) socket.destroy();
    closeHttp1();
  };
}

/** Loaded for the first client that speaks it: most clouds see none, and start sooner. */
async function makeHttp2Server(handle: Handle): Promise<Http2Server> {
  const { createServer } = await import("node:http2");
  const server = createServer({}, (request, response) => handle(asHttp1(request), asHttp1Response(response)));
  // A client that is killed resets the connection: its streams have ended by then.
  return server.on("session", (session) => session.on("error", () => session.destroy()));
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
}

/** Looks at a connection's first bytes, puts them back and says whether they are HTTP/2's preface. */
function tellApart(socket: Socket, decide: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const giveUp = () => socket.destroy();
  const look = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const isPrefix = seen.subarray(0, PREFACE.length).equals(PREFACE.subarray(0, seen.length));
    if (isPrefix && seen.length < PREFACE.length) return;
    // From here on errors are handled by the server that takes the connection; until then an error closes it.
    socket.off("readable", look).off("end", giveUp);
    socket.unshift(seen);
    decide(isPrefix);
  };
  socket.on("readable", look).on("error", giveUp).on("end", giveUp);
}

/** HTTP/2 names the host in `:authority`. */
function asHttp1(request: Http2ServerRequest): IncomingMessage {
  request.headers.host ??= request.headers[":authority"];
  return request as unknown as IncomingMessage;
}

/** Headers that speak of the connection exist in HTTP/1 only (RFC 9113, section 8.2.2). */
function asHttp1Response(response: Http2ServerResponse): ServerResponse {
  const setHeader = response.setHeader.bind(response);
  const writeHead = response.writeHead.bind(response);
  return Object.assign(response, {
    setHeader: (name: string, value: string) => (isOfConnection(name) ? response : setHeader(name, value)),
    writeHead: (status: number, headers: Record<string, string> = {}) =>
      writeHead(status, Object.fromEntries(Object.entries(headers).filter(([name]) => !isOfConnection(name)))),
  }) as unknown as ServerResponse;
}

function isOfConnection(name: string): boolean {
  return /^(connection|keep-alive|transfer-encoding|upgrade)$/i.test(name);
}
