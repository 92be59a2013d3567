import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that came by. */
export interface SeenCall {
  readonly operation: string;
  readonly path: string;
  /** When it came, in milliseconds that never run backwards. */
  readonly at: number;
}

/** Stands between a deployer and an endpoint, and counts what is said at the wire. */
export class CountingProxy {
  static async start(target: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(new URL(target));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  readonly calls: SeenCall[] = [];
  readonly #target: URL;
  readonly #server: Server;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = "GET", url: path = "/", headers } = incoming;
    this.calls.push({ operation: operationOf(method, path, headers), path, at: performance.now() });
    const { hostname, port, host } = this.#target;
    const onwards = request({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onwards.on("error", () => outgoing.destroy());
    incoming.pipe(onwards);
  }
}

function operationOf(method: string, path: string, headers: IncomingMessage["headers"]): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.slice(target.lastIndexOf(".") + 1);
  if (/^\/2015-03-31\/functions\/[^/]+\/aliases\/[^/]+$/.test(path)) return method === "PUT" ? "UpdateAlias" : method;
  return `${method} ${path}`;
}
