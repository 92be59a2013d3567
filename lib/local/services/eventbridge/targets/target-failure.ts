import { isAwsError } from "../../../aws-error.ts";
import { DeliveryFailure, toFailure } from "../../../delivery/failure.ts";
import { CallFailure } from "../../../http-connection/call-out.ts";

/** What an error means for a delivery, with the codes that EventBridge gives dead letters. */
export function toTargetFailure(error: unknown): DeliveryFailure {
  if (error instanceof CallFailure) return new DeliveryFailure(error.code, error.message, "retryable");
  const failure = toFailure(error);
  const { code, message, kind } = failure;
  if (error === failure) return failure;
  if (!isAwsError(error)) return new DeliveryFailure("INTERNAL_ERROR", String(error), kind);
  if (/NotFound|NonExist|DoesNotExist/.test(code)) return new DeliveryFailure("NO_RESOURCE", message);
  if (/^AccessDenied|^AuthorizationError/.test(code)) return new DeliveryFailure("NO_PERMISSIONS", message);
  if (kind === "throttled") return new DeliveryFailure("THROTTLING", message, kind);
  if (kind === "retryable") return new DeliveryFailure("ERROR_FROM_TARGET", message, kind);
  return new DeliveryFailure("SDK_CLIENT_ERROR", `${code}: ${message}`);
}
