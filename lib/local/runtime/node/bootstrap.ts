/**
 * What runs in the child process of a Node function: takes events from the Runtime API, calls the user's handler and
 * posts what it answers. Self-contained on purpose (Node's own modules and its neighbours in this folder), because it
 * runs outside the local cloud's process.
 */
import { callHandler } from "./call-handler.ts";
import { takeOverConsole, logInvokeError, logUncaught } from "./console.ts";
import { describeError, RuntimeError } from "./describe-error.ts";
import { loadHandler } from "./load-handler.ts";
import { rerouteFetch } from "./reroute.ts";
import { resolvePackagesLikeLambda } from "./resolve-packages.ts";
import { RuntimeClient } from "./runtime-client.ts";
import { awaitVersion } from "./spare.ts";
import { offerStreaming, type Handler } from "./streaming.ts";

let currentRequestId: string | undefined;

void run();

async function run(): Promise<void> {
  awaitVersion();
  const client = new RuntimeClient(process.env["AWS_LAMBDA_RUNTIME_API"] ?? "");
  takeOverConsole(() => currentRequestId);
  resolvePackagesLikeLambda();
  rerouteFetch();
  offerStreaming();
  endOnUncaughtErrors(client);
  const handler = await loadOrEnd(client);
  for (;;) {
    const invocation = await client.next();
    currentRequestId = invocation.requestId;
    process.env["_X_AMZN_TRACE_ID"] = invocation.traceId;
    try {
      await callHandler(handler, invocation, client);
    } catch (error) {
      logInvokeError(error);
      await client.fail(invocation.requestId, describeError(error));
    }
  }
}

async function loadOrEnd(client: RuntimeClient): Promise<Handler> {
  try {
    return await loadHandler(process.env["LAMBDA_TASK_ROOT"] ?? process.cwd(), process.env["_HANDLER"] ?? "");
  } catch (error) {
    logUncaught(error);
    await client.failInit(describeError(error));
    return process.exit(1);
  }
}

function endOnUncaughtErrors(client: RuntimeClient): void {
  process.on("uncaughtException", (error) => void endWith(client, error, 129));
  process.on("unhandledRejection", (reason) => {
    const error = new RuntimeError("Runtime.UnhandledPromiseRejection", String(reason));
    if (reason instanceof Error && reason.stack !== undefined) error.stack = `${error.name}: ${reason.stack}`;
    void endWith(client, error, 128);
  });
}

async function endWith(client: RuntimeClient, error: unknown, exitCode: number): Promise<void> {
  logUncaught(error);
  const described = describeError(error);
  if (currentRequestId === undefined) await client.failInit(described);
  else await client.fail(currentRequestId, described);
  process.exit(exitCode);
}
