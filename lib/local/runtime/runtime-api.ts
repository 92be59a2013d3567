import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Invocation } from "./function-spec.ts";

/** What an instance learns from the runtime in its child process. */
export interface RuntimeListener {
  /** The runtime requests an event. */
  next(deliver: (invocation: Invocation, deadlineEpochMs: number) => void): void;
  response(requestId: string, body: IncomingMessage): Promise<void>;
  error(requestId: string, errorType: string, body: Buffer): void;
  initError(errorType: string, body: Buffer): void;
}

/** Lambda's Runtime API for one instance, on a loopback port of its own, by which instances are distinguished. */
export interface RuntimeApi {
  /** `127.0.0.1:port`, in the form of `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  close(): void;
}

const INVOCATION_PATH = /^\/2018-06-01\/runtime\/invocation\/([A-Za-z0-9-]+)\/(response|error)$/;
const LARGEST_ERROR_BYTES = 6 * 1024 * 1024;

/** Opens the Runtime API and passes what the runtime says to `listener`. */
export async function openRuntimeApi(listener: RuntimeListener): Promise<RuntimeApi> {
  let address = "";
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    if (request.headers.host !== address || request.headers.origin !== undefined) return refuse(response, 403);
    answer(request, response, listener).catch(() => response.destroy());
  });
  await listen(server);
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, listener: RuntimeListener): Promise<void> {
  const { method, url } = request;
  if (method === "GET" && url === "/2018-06-01/runtime/invocation/next") {
    listener.next((invocation, deadline) => handOut(invocation, deadline, response));
    return;
  }
  if (method === "POST" && url === "/2018-06-01/runtime/init/error") {
    listener.initError(errorTypeOf(request), await read(request));
    return accept(response);
  }
  const match = method === "POST" ? INVOCATION_PATH.exec(url ?? "") : null;
  if (!match) return refuse(response, 404);
  if (match[2] === "response") await listener.response(match[1]!, request);
  else listener.error(match[1]!, errorTypeOf(request), await read(request));
  accept(response);
}

function handOut(invocation: Invocation, deadlineEpochMs: number, response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": invocation.payload.byteLength,
    "lambda-runtime-aws-request-id": invocation.requestId,
    "lambda-runtime-deadline-ms": String(deadlineEpochMs),
    "lambda-runtime-invoked-function-arn": invocation.invokedArn,
    "lambda-runtime-trace-id": invocation.traceId,
    ...(invocation.clientContext === undefined ? {} : { "lambda-runtime-client-context": invocation.clientContext }),
  });
  response.end(invocation.payload);
}

function errorTypeOf(request: IncomingMessage): string {
  const header = request.headers["lambda-runtime-function-error-type"];
  return typeof header === "string" ? header : "Runtime.Unknown";
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_ERROR_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { "content-type": "application/json", "content-length": 16 });
  response.end('{"status":"OK"}\n');
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-length": 0 });
  response.end();
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}
