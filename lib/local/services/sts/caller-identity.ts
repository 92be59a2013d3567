import type { Output } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { Caller } from "../../policy/caller.ts";
import type { Identities } from "../../policy/identities.ts";
import { invalidKey } from "../../policy/refusals.ts";
import type { RequestContext } from "../../service.ts";

/** The caller by its access key. No permission is needed, and no policy can deny it. */
export function getCallerIdentity(identities: Identities, context: RequestContext): Output<"sts", "GetCallerIdentity"> {
  const { arn, facts } = requireCaller(identities, context);
  return { UserId: facts["aws:userid"]?.[0] ?? "", Account: context.account, Arn: arn };
}

/** Who signed the request, or STS's refusal of the key. */
export function requireCaller(identities: Identities, { accessKeyId }: RequestContext): Caller {
  if (accessKeyId === undefined) {
    const message = "Request is missing Authentication Token";
    throw new AwsError("MissingAuthenticationToken", message, { statusCode: 403 });
  }
  const caller = identities.ofKey(accessKeyId);
  if (typeof caller === "string") throw invalidKey("sts", caller);
  return caller;
}
