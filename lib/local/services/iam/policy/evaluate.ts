import { readConditionOperator } from "./condition-operators.ts";
import type { Condition, PolicyDocument, Statement } from "./policy-document.ts";
import { matchesWildcards } from "../../../../util/match-wildcards.ts";
import { matchesArn } from "./match-arn.ts";

/** What somebody wants to do. */
export interface AccessRequest {
  readonly action: string;
  /** An ARN, or `*` for any resource. */
  readonly resource: string;
  /** Context keys in lower case, each with its values. */
  readonly context: ReadonlyMap<string, readonly string[]>;
  /** Who asks, where the policy of a resource has to be told. */
  readonly principalArns?: readonly string[];
}

/** A policy with a name that results can refer to. */
export interface NamedPolicy {
  readonly id: string;
  readonly document: PolicyDocument;
}

/** A statement that spoke, by the place in its policy. */
export interface MatchedStatement {
  readonly policyId: string;
  readonly index: number;
}

export type Decision = "allowed" | "explicitDeny" | "implicitDeny";

/** What one set of policies says, and which statements said it. */
export interface Verdict {
  readonly decision: Decision;
  readonly matched: readonly MatchedStatement[];
}

/** Judges a request by a set of policies: an explicit deny outranks every allow, and without an allow nothing goes. */
export function evaluatePolicies(policies: readonly NamedPolicy[], request: AccessRequest): Verdict {
  const matched = { Allow: [] as MatchedStatement[], Deny: [] as MatchedStatement[] };
  for (const { id, document } of policies) {
    for (const [index, statement] of document.statements.entries()) {
      if (applies(statement, document.version, request)) matched[statement.effect].push({ policyId: id, index });
    }
  }
  if (matched.Deny.length > 0) return { decision: "explicitDeny", matched: matched.Deny };
  if (matched.Allow.length > 0) return { decision: "allowed", matched: matched.Allow };
  return { decision: "implicitDeny", matched: [] };
}

/** The context keys that the conditions of these policies ask for, as they are written there. */
export function contextKeysOf(policies: readonly PolicyDocument[]): string[] {
  const keys = policies.flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) => conditions.map(({ key }) => key)),
  );
  return [...new Set(keys)];
}

function applies(statement: Statement, version: string, request: AccessRequest): boolean {
  const expand = variableExpander(version, request.context);
  return (
    matchesAction(statement, request.action) &&
    matchesResource(statement, request.resource, expand) &&
    matchesPrincipal(statement, request.principalArns) &&
    statement.conditions.every((condition) => holds(condition, request.context, expand))
  );
}

function matchesAction({ actions, notActions }: Statement, action: string): boolean {
  const wanted = action.toLowerCase();
  const named = (actions ?? notActions ?? []).some((pattern) => matchesWildcards(pattern.toLowerCase(), wanted));
  return named === (actions !== undefined);
}

function matchesResource(
  { resources, notResources }: Statement,
  resource: string,
  expand: (text: string) => string | undefined,
): boolean {
  const patterns = resources ?? notResources;
  if (patterns === undefined) return true;
  const named = patterns.map(expand).some((pattern) => pattern !== undefined && matchesArn(pattern, resource));
  return named === (resources !== undefined);
}

function matchesPrincipal({ principals, notPrincipals }: Statement, arns: readonly string[] | undefined): boolean {
  const given = principals ?? notPrincipals;
  if (given === undefined) return true;
  const names = [...given.values()].flat();
  const named = names.some((name) => name === "*" || (arns ?? []).some((arn) => isPrincipal(name, arn)));
  return named === (principals !== undefined);
}

/** An account, or its root, stands for everybody in it. */
function isPrincipal(name: string, arn: string): boolean {
  if (name === arn) return true;
  const account = /^(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
  return account !== undefined && arn.split(":")[4] === account;
}

function holds(
  { operator: written, key, values }: Condition,
  context: AccessRequest["context"],
  expand: (text: string) => string | undefined,
): boolean {
  const operator = readConditionOperator(written);
  if (operator === undefined) return false;
  const actual = context.get(key.toLowerCase()) ?? [];
  if (operator.presence) return values.some((value) => (value.toLowerCase() === "true") === (actual.length === 0));
  if (actual.length === 0) {
    return operator.ifExists || operator.quantifier === "ForAllValues" || (operator.negated && !operator.quantifier);
  }
  const expected = values.map(expand).filter((value) => value !== undefined);
  const test = (each: string) => expected.some((value) => operator.compare(each, value)) !== operator.negated;
  if (operator.quantifier === "ForAllValues") return actual.every(test);
  if (operator.quantifier === "ForAnyValue") return actual.some(test);
  return operator.negated ? actual.every(test) : actual.some(test);
}

/** Fills in `${aws:username}` and its like; undefined where a variable has no value, and so nothing can match. */
function variableExpander(version: string, context: AccessRequest["context"]) {
  return (text: string): string | undefined => {
    if (version !== "2012-10-17" || !text.includes("${")) return text;
    let known = true;
    const expanded = text.replaceAll(/\$\{([^}]*)\}/g, (_whole, inner: string) => {
      if (inner === "*" || inner === "?" || inner === "$") return inner;
      const [, key = "", fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inner) ?? [];
      const values = context.get(key.toLowerCase()) ?? [];
      const value = values.length === 1 ? values[0] : fallback;
      known &&= value !== undefined;
      return value ?? "";
    });
    return known ? expanded : undefined;
  };
}
