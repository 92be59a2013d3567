import type { LambdaClient, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-lambda";
import type { FinalizeRequestMiddleware } from "@smithy/types";

/** What hands out leave to make a call; urgent ones first. */
export interface Ration {
  take(urgent?: boolean): Promise<void>;
}

const rationed = new WeakMap<LambdaClient, Set<Ration>>();

/**
 * Makes the SDK's own retries of Lambda's control plane wait for the ration too: the first attempt took its token before
 * the call. The retry of an alias write goes first in line, since it may be a rollback's.
 */
export function rationRetries(client: LambdaClient, ration: Ration): void {
  const rations = rationed.get(client) ?? new Set();
  rationed.set(client, rations);
  if (rations.has(ration)) return;
  rations.add(ration);
  const middleware: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> =
    (next, { commandName }) =>
    async (args) => {
      const isControlPlane = commandName !== "InvokeCommand";
      if (isControlPlane && isRetry(args.request)) await ration.take(commandName === "UpdateAliasCommand");
      return next(args);
    };
  const where = { relation: "after", toMiddleware: "retryMiddleware" } as const;
  client.middlewareStack.addRelativeTo(middleware, { name: "tidegateRationRetries", ...where });
}

/** The SDK numbers its attempts: `amz-sdk-request: attempt=2; max=5`. */
function isRetry(request: unknown): boolean {
  const { headers } = request as { readonly headers?: Readonly<Record<string, string>> };
  return /attempt=(?!1;)/.test(headers?.["amz-sdk-request"] ?? "");
}
