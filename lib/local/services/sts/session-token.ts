import type { GetSessionTokenRequest, GetSessionTokenResponse } from "@aws-sdk/client-sts";
import type { RequestContext } from "../../service.ts";
import { validateDuration } from "./validate-duration.ts";
import type { SessionBook } from "./session-book.ts";

const DEFAULT_SECONDS = 43_200;

/** Temporary credentials that stand for the caller. */
export function getSessionToken(
  sessions: SessionBook,
  input: GetSessionTokenRequest,
  { account }: RequestContext,
): GetSessionTokenResponse {
  const seconds = validateDuration(input.DurationSeconds ?? DEFAULT_SECONDS, { maximum: 129_600 });
  return { Credentials: sessions.issue({ userId: account, arn: `arn:aws:iam::${account}:root` }, seconds) };
}
