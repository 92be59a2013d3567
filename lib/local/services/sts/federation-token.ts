import type { Output, Input } from "../../kit/operation-types.ts";
import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { packedPercent } from "./packed-size.ts";
import { requireCaller } from "./caller-identity.ts";
import type { SessionIssuer } from "./session-issuer.ts";
import { sessionPolicies } from "./session-policies.ts";
import { validateDuration } from "./validate-duration.ts";

const DEFAULT_SECONDS = 43_200;

/** Temporary credentials for a federated user, who may do what the caller and the session policies both allow. */
export function getFederationToken(
  { sessions, identities }: SessionIssuer,
  input: Input<"sts", "GetFederationToken">,
  context: RequestContext,
): Output<"sts", "GetFederationToken"> {
  const { account } = context;
  const { Name: name } = input;
  if (!/^[\w+=,.@-]{2,32}$/.test(name)) throw invalidName(name);
  const seconds = validateDuration(input.DurationSeconds ?? DEFAULT_SECONDS, { maximum: 129_600 });
  const caller = requireCaller(identities, context);
  const userId = `${account}:${name}`;
  const arn = `arn:aws:sts::${account}:federated-user/${name}`;
  return {
    Credentials: sessions.issue(
      { userId, arn, ...federatedBy(caller.arn), ...sessionPolicies(identities, input) },
      seconds,
    ),
    FederatedUser: { FederatedUserId: userId, Arn: arn },
    PackedPolicySize: packedPercent(input),
  };
}

function federatedBy(arn: string): { federatedBy?: string } {
  return arn.includes(":user/") ? { federatedBy: arn.slice(arn.lastIndexOf("/") + 1) } : {};
}

function invalidName(name: string): AwsError {
  const bound = /^[\w+=,.@-]*$/.test(name)
    ? `Member must have length ${name.length < 2 ? "greater than or equal to 2" : "less than or equal to 32"}`
    : "Member must satisfy regular expression pattern: [\\w+=,.@-]*";
  return new AwsError("ValidationError", constraintText(constraintProblem(name, "name", bound)));
}
