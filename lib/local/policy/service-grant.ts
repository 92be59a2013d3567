import { evaluatePolicies } from "../../iam/evaluate.ts";
import { servicePrincipal } from "../../iam/principal.ts";
import { readPolicy } from "./read-policy.ts";

/** A service's access to a resource of another service. */
export interface GrantQuestion {
  /** The service that acts, for example `sns.amazonaws.com`. */
  readonly service: string;
  /** For example `sqs:SendMessage`. */
  readonly action: string;
  /** The resource that is acted upon. */
  readonly resource: string;
  /** The resource on whose behalf the service acts. */
  readonly sourceArn: string;
  readonly sourceAccount: string;
  /** The service also names the source's account by the older key, `aws:SourceOwner`; most do not. */
  readonly tellsOwner?: boolean;
}

/** Whether a resource's own policy (its text, or undefined where there is none) lets a service act on it. */
export function grantsService(policy: string | undefined, question: GrantQuestion): boolean {
  const document = readPolicy(policy);
  if (document === undefined) return false;
  const verdict = evaluatePolicies([{ id: "resource", document }], {
    action: question.action,
    resource: question.resource,
    principal: servicePrincipal(question.service),
    context: buildFacts(question),
  });
  return verdict.decision === "allowed";
}

function buildFacts(question: GrantQuestion): Map<string, readonly string[]> {
  return new Map([
    ["aws:sourcearn", [question.sourceArn]],
    ["aws:sourceaccount", [question.sourceAccount]],
    ...(question.tellsOwner ? ([["aws:sourceowner", [question.sourceAccount]]] as const) : []),
    ["aws:principalisawsservice", ["true"]],
    ["aws:principalservicename", [question.service]],
    ["aws:securetransport", ["true"]],
  ]);
}
