import type { RuntimeInvocation } from "./runtime-client.ts";

/** The second argument of a handler. */
export type LambdaContext = ReturnType<typeof createContext>;

/** Builds the context of one invocation. `callback` serves the old `done`, `succeed` and `fail`. */
export function createContext(invocation: RuntimeInvocation, callback: (error?: unknown, result?: unknown) => void) {
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env["AWS_LAMBDA_FUNCTION_VERSION"] ?? "",
    functionName: env["AWS_LAMBDA_FUNCTION_NAME"] ?? "",
    memoryLimitInMB: env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] ?? "",
    logGroupName: env["AWS_LAMBDA_LOG_GROUP_NAME"] ?? "",
    logStreamName: env["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "",
    clientContext: parse(invocation.clientContext),
    identity: parse(invocation.cognitoIdentity),
    invokedFunctionArn: invocation.invokedFunctionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => invocation.deadlineMs - Date.now(),
    done: (error?: unknown, result?: unknown) => callback(error, result),
    succeed: (result: unknown) => callback(null, result),
    fail: (error: unknown) => callback(error),
  };
}

function parse(text: string | undefined): unknown {
  return text === undefined || text === "" ? undefined : (JSON.parse(text) as unknown);
}
