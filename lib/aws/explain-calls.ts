import type { LambdaClient } from "@aws-sdk/client-lambda";
import { AwsCallError, type CallContext, type SdkFault } from "./call-error.ts";
import { classifyFault } from "./classify-fault.ts";

/** Where a client's calls go. */
export type CallPlace = Pick<CallContext, "service" | "endpoint" | "profile">;

/**
 * Makes every error that leaves the client an `AwsCallError`, after the SDK's own retries. `onCredentials` runs when
 * the client's credentials turn out to be unusable.
 */
export function explainCalls(
  { middlewareStack }: Pick<LambdaClient, "middlewareStack">,
  place: CallPlace,
  onCredentials: () => void,
): void {
  middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const explained = explainFault(error, { ...place, operation: commandName.replace(/Command$/, "") });
          if (explained instanceof AwsCallError && explained.failure === "credentials") onCredentials();
          throw explained;
        }
      },
    { step: "initialize", name: "tidegateExplainCalls", priority: "high" },
  );
}

/**
 * An SDK error as an error of this package. Errors that are not a failed call (an abort, an error in our own code) pass
 * through.
 */
export function explainFault(error: unknown, context: CallContext): unknown {
  if (!(error instanceof Error) || error instanceof AwsCallError) return error;
  const fault: SdkFault = error;
  const failure = classifyFault(fault);
  return failure === undefined ? error : new AwsCallError(failure, fault, context);
}
