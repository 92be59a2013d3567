import type { AwsError } from "../aws-error.ts";
import { notCarried } from "../kit/not-carried.ts";
import type { LocalService, RequestContext } from "../service.ts";

/** An operation of any service: what comes over the wire was checked against the operation's input. */
export type Handler = (input: unknown, context: RequestContext) => unknown;

/** What runs an operation. Throws `NotImplemented` where the service does not carry it. */
export function handlerOf(service: LocalService, operation: string): Handler {
  const handler = (service.operations as Record<string, Handler | undefined>)[operation];
  if (handler === undefined) throw operationNotCarried(service.name, operation);
  return handler;
}

/** The refusal of an operation that is not built. */
export function operationNotCarried(service: string, operation: string): AwsError {
  return notCarried(`${service} ${operation}`);
}
