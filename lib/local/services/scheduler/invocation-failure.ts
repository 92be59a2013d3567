import { isAwsError } from "../../aws-error.ts";
import { DeliveryFailure, failureKindOf, toFailure } from "../../delivery/failure.ts";
import { findExceptionTraits } from "../../kit/exception-traits.ts";
import type { ServiceName } from "../../service.ts";

/** What an error of a target's service means, with the code that the service gives it. */
export async function toInvocationFailure(error: unknown, service: ServiceName): Promise<DeliveryFailure> {
  if (!isAwsError(error)) return error instanceof DeliveryFailure ? error : internalError(error);
  const { code, message } = error;
  // Services that speak XML have codes of their own for a refusal by policies.
  if (/^(AccessDenied|AuthorizationError)/.test(code)) return new DeliveryFailure("AccessDeniedException", message);
  const known = await findExceptionTraits(service, code);
  const [queryCode = error.queryCode ?? code, queryStatus] = known?.awsQueryError ?? [];
  const statusCode = error.statusCode ?? queryStatus ?? known?.httpError;
  return new DeliveryFailure(queryCode, message, failureKindOf(code, statusCode));
}

/** What is not AWS's is the Scheduler's own, in the words of its documentation on dead letters. */
function internalError(error: unknown): DeliveryFailure {
  const message = "Unexpected error occurred while processing the request.";
  return new DeliveryFailure("AWS.Scheduler.InternalServerError", message, toFailure(error).kind);
}
