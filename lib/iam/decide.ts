import { evaluatePolicies, type AccessRequest, type MatchedStatement, type NamedPolicy } from "./evaluate.ts";
import type { PrincipalMatch } from "./principal.ts";

/** The policies of the caller: of its user or role, and of its session. */
export interface CallerPolicies {
  /** Inline and managed policies of the user or role, and those of a user's groups. */
  readonly identity: readonly NamedPolicy[];
  /** The permissions boundary. @default - the identity has none */
  readonly boundary?: readonly NamedPolicy[] | undefined;
  /** The session policies. @default - the session has none, or there is no session */
  readonly session?: readonly NamedPolicy[] | undefined;
}

/** A request, with all policies that have a say in it. */
export interface AccessQuestion {
  readonly request: AccessRequest;
  readonly caller: CallerPolicies;
  /** The policy of the resource. @default - the resource has none */
  readonly resource?: readonly NamedPolicy[] | undefined;
  /** The account that owns the resource. @default - the caller's own */
  readonly resourceAccount?: string;
  /** The resource's policy must name the caller or its account, as for a role's trust and for a key. @default false */
  readonly needsResourcePolicy?: boolean;
}

/** The kinds of policies, as AWS's refusals call them. */
export type PolicyKind = "identity-based policy" | "resource-based policy" | "permissions boundary" | "session policy";

/** What was decided; a refusal names the kind of policy that denies, or that lacks the allow. */
export type AccessDecision =
  | { readonly decision: "allowed"; readonly matched: readonly MatchedStatement[] }
  | {
      readonly decision: "explicitDeny" | "implicitDeny";
      readonly by: PolicyKind;
      readonly matched: readonly MatchedStatement[];
    };

/**
 * Decides a request by all policies together, in AWS's order:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function decideAccess(question: AccessQuestion): AccessDecision {
  const verdicts = evaluateAll(question);
  const denying = verdicts.all.find(([, verdict]) => verdict?.decision === "explicitDeny");
  if (denying?.[1] !== undefined) return { decision: "explicitDeny", by: denying[0], matched: denying[1].matched };
  const missing = isLocal(question) ? missingWithin(question, verdicts) : missingAcross(verdicts);
  if (missing !== undefined) return { decision: "implicitDeny", by: missing, matched: [] };
  return { decision: "allowed", matched: [...verdicts.identity.matched, ...verdicts.resource.matched] };
}

type Verdicts = ReturnType<typeof evaluateAll>;

function evaluateAll({ request, caller, resource = [] }: AccessQuestion) {
  const verdicts = {
    identity: evaluatePolicies(caller.identity, request),
    resource: evaluatePolicies(resource, request),
    boundary: caller.boundary && evaluatePolicies(caller.boundary, request),
    session: caller.session && evaluatePolicies(caller.session, request),
  };
  const all = [
    ["resource-based policy", verdicts.resource],
    ["identity-based policy", verdicts.identity],
    ["permissions boundary", verdicts.boundary],
    ["session policy", verdicts.session],
  ] as const;
  return { ...verdicts, all };
}

/** A service and an anonymous caller have no account, and so no side of their own that would have to allow as well. */
function isLocal({ request: { principal }, resourceAccount }: AccessQuestion): boolean {
  if (resourceAccount === undefined || principal?.account === undefined) return true;
  return principal.account === resourceAccount;
}

/** Within one account: what the resource's policy grants to the caller itself needs no other allow. */
function missingWithin({ request, needsResourcePolicy }: AccessQuestion, verdicts: Verdicts): PolicyKind | undefined {
  const named = namesOf(verdicts);
  if (named.has("anyone") || named.has("session") || named.has("user")) return undefined;
  if (named.has("service") || named.has("federated")) return undefined;
  if (request.principal?.account === undefined) return "resource-based policy";
  if (named.has("role")) return limitOf(verdicts);
  if (needsResourcePolicy === true && !named.has("account")) return "resource-based policy";
  return missingOfIdentity(verdicts);
}

/** Between accounts both sides have to allow. */
function missingAcross(verdicts: Verdicts): PolicyKind | undefined {
  return verdicts.resource.decision === "allowed" ? missingOfIdentity(verdicts) : "resource-based policy";
}

function namesOf({ resource }: Verdicts): ReadonlySet<PrincipalMatch> {
  return new Set(resource.decision === "allowed" ? resource.matched.map(({ principal }) => principal) : []);
}

function missingOfIdentity(verdicts: Verdicts): PolicyKind | undefined {
  return verdicts.identity.decision === "allowed" ? limitOf(verdicts) : "identity-based policy";
}

/** The limit that does not let the request through: a grant to a role is subject to its boundary and session policy. */
function limitOf({ boundary, session }: Verdicts): PolicyKind | undefined {
  if (boundary !== undefined && boundary.decision !== "allowed") return "permissions boundary";
  return session !== undefined && session.decision !== "allowed" ? "session policy" : undefined;
}
