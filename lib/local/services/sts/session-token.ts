import type { Output, Input } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { requireCaller } from "./caller-identity.ts";
import type { SessionIssuer } from "./session-issuer.ts";
import { validateDuration } from "./validate-duration.ts";

const DEFAULT_SECONDS = 43_200;

/** Temporary credentials that are those of the caller, who must be a user or the root. */
export function getSessionToken(
  { sessions, identities }: SessionIssuer,
  input: Input<"sts", "GetSessionToken">,
  context: RequestContext,
): Output<"sts", "GetSessionToken"> {
  const seconds = validateDuration(input.DurationSeconds ?? DEFAULT_SECONDS, { maximum: 129_600 });
  const { arn, facts } = requireCaller(identities, context);
  if (!arn.startsWith("arn:aws:iam::")) {
    const message = "Cannot call GetSessionToken with session credentials";
    throw new AwsError("AccessDenied", message, { statusCode: 403 });
  }
  return { Credentials: sessions.issue({ userId: facts["aws:userid"]?.[0] ?? "", arn }, seconds) };
}
