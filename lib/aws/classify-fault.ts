import type { CallFailure, SdkFault } from "./call-error.ts";

const DENIED = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthorizationError",
  "AuthorizationErrorException",
  "Forbidden",
  "NotAuthorized",
  "UnauthorizedOperation",
]);

/** No credentials, expired ones, or ones that AWS does not know. */
const CREDENTIALS = new Set([
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignature",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "ProviderError",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "TokenProviderError",
  "TokenRefreshRequired",
  "UnrecognizedClientException",
]);

const THROTTLED = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
]);

/** An answer without a body, as to S3's HEAD. */
const NAMELESS = new Set(["403", "Unknown", "UnknownError"]);

/** Names that the SDK and Node give to what never got an answer. */
const UNREACHABLE = new Set(["NetworkingError", "RequestTimeout", "TimeoutError"]);
const NETWORK_CODE =
  /^(EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ENOTFOUND|EPIPE|EPROTO|ETIMEDOUT|CERT_|DEPTH_ZERO_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_)/;

/**
 * The kind of failure of an SDK error. Undefined for errors that are not a failed call: an abort, or an error in the
 * surrounding code.
 */
export function classifyFault(error: SdkFault): CallFailure | undefined {
  if (error.name === "AbortError") return undefined;
  if (CREDENTIALS.has(error.name)) return "credentials";
  if (DENIED.has(error.name)) return "denied";
  if (THROTTLED.has(error.name)) return "throttled";
  const status = error.$metadata?.httpStatusCode;
  if (status === undefined) return isNetworkError(error) ? "unreachable" : undefined;
  if (status === 429) return "throttled";
  if (status === 403 && NAMELESS.has(error.name)) return "denied";
  return status >= 500 ? "failed" : "refused";
}

function isNetworkError({ name, code = "" }: SdkFault): boolean {
  return UNREACHABLE.has(name) || NETWORK_CODE.test(code);
}
