import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readWireCall, type WireCall } from "./wire-call.ts";

/** One request that came by. */
export interface SeenCall extends WireCall {
  readonly path: string;
  /** When it came, in milliseconds that never run backwards. */
  readonly at: number;
}

/**
 * What the proxy does to a call instead of passing it on: `drop` closes the connection, `hold` never answers,
 * `lose-reply` passes the call on and closes the connection instead of answering.
 */
export type ProxyFault =
  | "drop"
  | "hold"
  | "lose-reply"
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

/** Is between a deployer and an endpoint, records each call that is made at the wire, and spoils those that it should. */
export class CountingProxy {
  static async start(target: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(new URL(target));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  readonly calls: SeenCall[] = [];
  /** The role that each access key was handed out for, by the answers of `AssumeRole`. */
  readonly roleOfKey = new Map<string, string>();
  /** Looks at each call before it is passed on. */
  faultOf: (call: SeenCall) => ProxyFault | undefined = () => undefined;
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
    const call = { ...readWireCall(method, path, headers, body.toString("latin1")), path, at: performance.now() };
    this.calls.push(call);
    const fault = this.faultOf(call);
    if (fault !== undefined && fault !== "lose-reply") return spoil(outgoing, fault);
    const { hostname, port, host } = this.#target;
    const onwards = request({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
      if (fault === "lose-reply") {
        answer.resume().on("end", () => outgoing.destroy());
        return;
      }
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

function spoil(outgoing: ServerResponse, fault: Exclude<ProxyFault, "lose-reply">): void {
  if (fault === "hold") return;
  if (fault === "drop") outgoing.destroy();
  else outgoing.writeHead(fault.status, fault.headers).end(fault.body);
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
