import { matchesWildcards } from "../util/match-wildcards.ts";
import { matchesArn } from "./match-arn.ts";
import { matchesCondition } from "./match-condition.ts";
import { matchPrincipal } from "./match-principal.ts";
import type { PolicyDocument, Statement } from "./policy-document.ts";
import { asLiteral, variableExpander, type Expand, type RequestFacts } from "./policy-variables.ts";
import type { Principal, PrincipalMatch } from "./principal.ts";

/** One action on one resource, by one caller. */
export interface AccessRequest {
  /** For example `dynamodb:PutItem`; compared without its case. */
  readonly action: string;
  /** An ARN, or `*` for an action that is about no resource in particular. */
  readonly resource: string;
  /** Context keys in lower case, each with its values. */
  readonly context: RequestFacts;
  /** The caller, for statements that name principals. @default - an anonymous caller */
  readonly principal?: Principal;
}

/** A policy with a name that results can refer to. */
export interface NamedPolicy {
  readonly id: string;
  readonly document: PolicyDocument;
}

/** A statement that applies to a request, by its place in its policy, and how it named the caller. */
export interface MatchedStatement {
  readonly policyId: string;
  readonly index: number;
  readonly principal: PrincipalMatch;
}

/** What the policies decide: an explicit deny is stronger than any allow, an implicit deny is the lack of one. */
export type Decision = "allowed" | "explicitDeny" | "implicitDeny";

/** The decision of one set of policies, and the statements behind it. */
export interface Verdict {
  readonly decision: Decision;
  readonly matched: readonly MatchedStatement[];
}

/** Evaluates a request against one set of policies: an explicit deny outranks every allow, and without an allow the request is denied. */
export function evaluatePolicies(policies: readonly NamedPolicy[], request: AccessRequest): Verdict {
  const matched = { Allow: [] as MatchedStatement[], Deny: [] as MatchedStatement[] };
  for (const { id, document } of policies) {
    for (const [index, statement] of document.statements.entries()) {
      const principal = matchStatement(statement, document.version, request);
      if (principal !== undefined) matched[statement.effect].push({ policyId: id, index, principal });
    }
  }
  if (matched.Deny.length > 0) return { decision: "explicitDeny", matched: matched.Deny };
  if (matched.Allow.length > 0) return { decision: "allowed", matched: matched.Allow };
  return { decision: "implicitDeny", matched: [] };
}

/** The context keys in the conditions of these policies, as they are written there. */
export function contextKeysOf(policies: readonly PolicyDocument[]): string[] {
  const keys = policies.flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) => conditions.map(({ key }) => key)),
  );
  return [...new Set(keys)];
}

function matchStatement(statement: Statement, version: string, request: AccessRequest): PrincipalMatch | undefined {
  if (!matchesAction(statement, request.action)) return undefined;
  const expand = variableExpander(version, request.context);
  if (!matchesResource(statement, request.resource, expand)) return undefined;
  const principal = matchPrincipal(statement, request.principal);
  if (principal === undefined) return undefined;
  const holds = statement.conditions.every((condition) => matchesCondition(condition, request.context, expand));
  return holds ? principal : undefined;
}

function matchesAction({ actions, notActions }: Statement, action: string): boolean {
  const wanted = action.toLowerCase();
  const isNamed = (actions ?? notActions ?? []).some((pattern) => matchesWildcards(pattern.toLowerCase(), wanted));
  return isNamed === (actions !== undefined);
}

function matchesResource({ resources, notResources }: Statement, resource: string, expand: Expand): boolean {
  const patterns = resources ?? notResources;
  if (patterns === undefined) return true;
  const literal = asLiteral(resource);
  const isNamed = patterns.map(expand).some((pattern) => pattern !== undefined && matchesArn(pattern, literal));
  return isNamed === (resources !== undefined);
}
