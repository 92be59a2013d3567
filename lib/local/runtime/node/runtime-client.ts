import type { IncomingMessage } from "node:http";
import type { DescribedError } from "./describe-error.ts";

/** An event to handle, as the Runtime API hands it out. */
export interface RuntimeInvocation {
  readonly requestId: string;
  readonly body: string;
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  readonly clientContext: string | undefined;
  readonly cognitoIdentity: string | undefined;
}

/** Not imported: an `import` of this module reads all its exports, and one of them loads the whole of `fetch` (25 ms). */
const { Agent, request } = process.getBuiltinModule("node:http");

const BASE = "/2018-06-01/runtime";

/** Speaks Lambda's Runtime API over one kept-alive connection. */
export class RuntimeClient {
  readonly #host: string;
  readonly #port: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(address: string) {
    const colon = address.lastIndexOf(":");
    this.#host = address.slice(0, colon);
    this.#port = address.slice(colon + 1);
  }

  async next(): Promise<RuntimeInvocation> {
    const { headers, body } = await this.#send("GET", `${BASE}/invocation/next`);
    const header = (name: string) => headers[`lambda-runtime-${name}`] as string | undefined;
    return {
      requestId: header("aws-request-id") ?? "",
      body,
      deadlineMs: Number(header("deadline-ms")),
      invokedFunctionArn: header("invoked-function-arn") ?? "",
      traceId: header("trace-id") ?? "",
      clientContext: header("client-context"),
      cognitoIdentity: header("cognito-identity"),
    };
  }

  async respond(requestId: string, body: string): Promise<void> {
    await this.#send("POST", `${BASE}/invocation/${requestId}/response`, body, { "content-type": "application/json" });
  }

  /** Opens a response that is written bit by bit. */
  respondInParts(requestId: string, contentType: string) {
    const sent = Promise.withResolvers<void>();
    const stream = request({
      ...this.#target("POST", `${BASE}/invocation/${requestId}/response`),
      headers: {
        "content-type": contentType,
        "lambda-runtime-function-response-mode": "streaming",
        "transfer-encoding": "chunked",
        trailer: "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
      },
    });
    stream.on("response", (response: IncomingMessage) => response.resume().on("end", () => sent.resolve()));
    stream.on("error", sent.reject);
    return { stream, sent: sent.promise };
  }

  async fail(requestId: string, error: DescribedError): Promise<void> {
    await this.#send("POST", `${BASE}/invocation/${requestId}/error`, JSON.stringify(error), errorHeaders(error));
  }

  async failInit(error: DescribedError): Promise<void> {
    await this.#send("POST", `${BASE}/init/error`, JSON.stringify(error), errorHeaders(error));
  }

  #target(method: string, path: string) {
    return { host: this.#host, port: this.#port, agent: this.#agent, method, path };
  }

  #send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
    return new Promise<{ headers: IncomingMessage["headers"]; body: string }>((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(body);
      if (bytes !== undefined) headers["content-length"] = String(bytes.length);
      const sending = request({ ...this.#target(method, path), headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
        response.on("error", reject);
      });
      sending.on("error", reject);
      sending.end(bytes);
    });
  }
}

function errorHeaders(error: DescribedError): Record<string, string> {
  return {
    "content-type": "application/json",
    "lambda-runtime-function-error-type": error.errorType.replaceAll(/[^\x20-\x7e]/g, "?"),
  };
}
