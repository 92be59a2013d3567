import { createContext, type LambdaContext } from "./context.ts";
import type { RuntimeClient, RuntimeInvocation } from "./runtime-client.ts";
import { isStreaming, ResponseStream, type Handler } from "./streaming.ts";

type Callback = (error?: unknown, result?: unknown) => void;

let whenLoopIsEmpty: (() => void) | undefined;
process.on("beforeExit", () => whenLoopIsEmpty?.());

/** Calls the handler with the event and posts its answer. Throws what the handler threw. */
export async function callHandler(
  handler: Handler,
  invocation: RuntimeInvocation,
  client: RuntimeClient,
): Promise<void> {
  const event = JSON.parse(invocation.body) as unknown;
  if (isStreaming(handler)) return await callStreaming(handler, event, invocation, client);
  const result = await resultOf(handler, event, invocation);
  await client.respond(invocation.requestId, serialise(result));
}

async function callStreaming(handler: Handler, event: unknown, invocation: RuntimeInvocation, client: RuntimeClient) {
  const stream = new ResponseStream(client, invocation.requestId);
  try {
    await handler(
      event,
      stream,
      createContext(invocation, () => undefined),
    );
  } catch (error) {
    if (!stream.started) throw error;
    await stream.failWith(error);
    return;
  }
  await stream.finished();
}

/**
 * A promise settles the call; a callback does too, but by default Lambda waits for an empty event loop before it
 * answers. When nothing is left to run and there is no answer, the answer is null.
 */
function resultOf(handler: Handler, event: unknown, invocation: RuntimeInvocation): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let context: LambdaContext;
    const callback: Callback = (error, result) => {
      const answer = () => (error === undefined || error === null ? resolve(result) : reject(error));
      if (context.callbackWaitsForEmptyEventLoop) whenLoopIsEmpty = answer;
      else answer();
    };
    context = createContext(invocation, callback);
    whenLoopIsEmpty = () => resolve(null);
    const returned = handler(event, context, callback);
    if (isThenable(returned)) returned.then(resolve, reject);
    else if (handler.length < 3 && returned !== undefined) resolve(returned);
  }).finally(() => {
    whenLoopIsEmpty = undefined;
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === "function";
}

function serialise(result: unknown): string {
  try {
    return JSON.stringify(result) ?? "null";
  } catch {
    throw new Error("Unable to stringify response body");
  }
}
