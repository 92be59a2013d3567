import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readWireCall, type WireCall } from "./wire-call.ts";

/** One request that came by. */
export interface SeenCall extends WireCall {
  readonly path: string;
  /** When it came, in milliseconds that never run backwards. */
  readonly at: number;
}

/** Is between a deployer and an endpoint, and records each call that is made at the wire. */
export class CountingProxy {
  static async start(target: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(new URL(target));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  readonly calls: SeenCall[] = [];
  /** The role that each access key was handed out for, by the answers of `AssumeRole`. */
  readonly roleOfKey = new Map<string, string>();
  readonly #target: URL;
  readonly #server: Server;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((incoming, outgoing) => void this.#forward(incoming, outgoing));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/", headers } = incoming;
    const body = await readAll(incoming);
    const call = readWireCall(method, path, headers, body.toString("latin1"));
    this.calls.push({ ...call, path, at: performance.now() });
    const { hostname, port, host } = this.#target;
    const onwards = request({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      if (call.operation === "AssumeRole") void this.#noteRole(body.toString(), answer);
    });
    onwards.on("error", () => outgoing.destroy());
    onwards.end(body);
  }

  async #noteRole(form: string, answer: IncomingMessage): Promise<void> {
    const key = /<AccessKeyId>([^<]+)</.exec((await readAll(answer)).toString())?.[1];
    const role = new URLSearchParams(form).get("RoleArn");
    if (key !== undefined && role !== null) this.roleOfKey.set(key, role);
  }
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
