import type { LambdaClient, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-lambda";
import type { FinalizeRequestMiddleware } from "@smithy/types";

/** How services refuse a signature whose time is wrong. S3 answers HEAD without a code: the status is all there is. */
const ABOUT_TIME = new Set([
  "AccessDeniedException",
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);
const FORBIDDEN = 403;

/** What of the SDK's errors says why it was given. */
interface RefusedCall {
  readonly name: string;
  readonly $metadata: { readonly httpStatusCode?: number; clockSkewCorrected?: boolean };
}

/**
 * Keeps the SDK from repeating calls that were answered. Where the clocks of this machine and the endpoint are four
 * minutes apart, the SDK takes every error for one of a wrong signature time and repeats the call four times, each time
 * after a longer pause: also "no such key". Only refusals that may be about time are repeated.
 */
export function keepAnswersFinal({ middlewareStack }: Pick<LambdaClient, "middlewareStack">): void {
  const middleware: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => async (args) => {
    try {
      return await next(args);
    } catch (error) {
      if (isRefusedCall(error) && !isAboutTime(error)) error.$metadata.clockSkewCorrected = false;
      throw error;
    }
  };
  const where = { relation: "after", toMiddleware: "retryMiddleware" } as const;
  middlewareStack.addRelativeTo(middleware, { name: "tidegateKeepAnswersFinal", ...where });
}

function isRefusedCall(error: unknown): error is RefusedCall {
  return error instanceof Error && "$metadata" in error && typeof error.$metadata === "object";
}

function isAboutTime({ name, $metadata }: RefusedCall): boolean {
  return ABOUT_TIME.has(name) || $metadata.httpStatusCode === FORBIDDEN;
}
