import type { ContextEntry, EvaluationResult, Statement } from "@aws-sdk/client-iam";
import { managedDocument } from "./find-policy.ts";
import { keyOf, requireIdentity, type Iam, type Input, type Output } from "./context.ts";
import { readPage } from "./paging.ts";
import { contextKeysOf, evaluatePolicies, type AccessRequest, type NamedPolicy } from "./policy/evaluate.ts";
import { parsePolicy } from "./policy/policy-document.ts";
import { findStatements } from "./policy/statement-positions.ts";
import { readIdentityPolicy } from "./policy/validate-policy.ts";
import { readIdentityArn } from "./principals.ts";
import type { IdentityKind, UserRecord } from "./records.ts";

/** A policy with its text, by which statements are located. */
interface SimulatedPolicy extends NamedPolicy {
  readonly text: string;
}

/** The policies that count in a simulation. */
interface Simulated {
  readonly identity: readonly SimulatedPolicy[];
  /** Undefined where nothing bounds the identity. */
  readonly boundary: readonly SimulatedPolicy[] | undefined;
  readonly resource: readonly SimulatedPolicy[];
}

type SimulationInput = Input<"SimulateCustomPolicy"> & { readonly CallerArn?: string | undefined };

const MODE = "IAM Policy";

export function simulatePrincipalPolicy(
  iam: Iam,
  input: Input<"SimulatePrincipalPolicy">,
): Output<"SimulatePrincipalPolicy"> {
  const { kind, name } = readIdentityArn(iam, input.PolicySourceArn!);
  const given = readGiven(input.PolicyInputList, "PolicyInputList");
  const identity = [...policiesOf(iam, kind, name), ...given];
  const bound = requireIdentity(iam, kind, name).boundary;
  const bounds = readGiven(input.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList");
  const boundary = bounds.length > 0 ? bounds : bound === undefined ? undefined : managed(iam, bound);
  return simulate({ ...input, PolicyInputList: [] }, { identity, boundary, resource: readResourcePolicy(input) }, [
    input.CallerArn ?? input.PolicySourceArn!,
  ]);
}

export function simulateCustomPolicy(input: Input<"SimulateCustomPolicy">): Output<"SimulateCustomPolicy"> {
  const identity = readGiven(input.PolicyInputList, "PolicyInputList");
  const bounds = readGiven(input.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList");
  const boundary = bounds.length > 0 ? bounds : undefined;
  const callers = input.CallerArn === undefined ? [] : [input.CallerArn];
  return simulate(input, { identity, boundary, resource: readResourcePolicy(input) }, callers);
}

export function contextKeysForPrincipal(
  iam: Iam,
  input: Input<"GetContextKeysForPrincipalPolicy">,
): Output<"GetContextKeysForPrincipalPolicy"> {
  const { kind, name } = readIdentityArn(iam, input.PolicySourceArn!);
  const policies = [...policiesOf(iam, kind, name), ...readGiven(input.PolicyInputList, "PolicyInputList")];
  return { ContextKeyNames: contextKeysOf(policies.map(({ document }) => document)) };
}

export function contextKeysForCustom(
  input: Input<"GetContextKeysForCustomPolicy">,
): Output<"GetContextKeysForCustomPolicy"> {
  const policies = readGiven(input.PolicyInputList, "PolicyInputList");
  return { ContextKeyNames: contextKeysOf(policies.map(({ document }) => document)) };
}

function simulate(input: SimulationInput, policies: Simulated, principalArns: readonly string[]) {
  const context = readContext(input.ContextEntries);
  const resources = input.ResourceArns?.length ? input.ResourceArns : ["*"];
  const results = input.ActionNames!.flatMap((action) =>
    resources.map((resource) => judge(policies, { action, resource, context, principalArns })),
  );
  const page = readPage(results, input);
  return { EvaluationResults: page.items, ...page.paging };
}

/** The rules for one account: a deny anywhere outranks all; what allows is the identity within its boundary, or the resource. */
function judge(policies: Simulated, request: AccessRequest): EvaluationResult {
  const identity = evaluatePolicies(policies.identity, request);
  const resource = evaluatePolicies(policies.resource, request);
  const boundary = policies.boundary && evaluatePolicies(policies.boundary, request);
  const verdicts = [identity, resource, ...(boundary ? [boundary] : [])];
  const denied = verdicts.filter(({ decision }) => decision === "explicitDeny");
  const bounded = boundary !== undefined && boundary.decision !== "allowed";
  const allowed = resource.decision === "allowed" || (identity.decision === "allowed" && !bounded);
  const spoke = denied.length > 0 ? denied : allowed ? [identity, resource] : [];
  const decision = denied.length > 0 ? "explicitDeny" : allowed ? "allowed" : "implicitDeny";
  const all = [...policies.identity, ...policies.resource, ...(policies.boundary ?? [])];
  const MatchedStatements = spoke.flatMap(({ matched }) =>
    matched.map(({ policyId, index }) => locate(all, policyId, index)),
  );
  const MissingContextValues = contextKeysOf(all.map(({ document }) => document)).filter(
    (key) => !request.context.has(key.toLowerCase()),
  );
  const bound = boundary && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !bounded } };
  return {
    EvalActionName: request.action,
    EvalResourceName: request.resource,
    EvalDecision: decision,
    MatchedStatements,
    MissingContextValues,
    OrganizationsDecisionDetail: { AllowedByOrganizations: true },
    ...bound,
    EvalDecisionDetails: {},
    ResourceSpecificResults: [
      {
        EvalResourceName: request.resource,
        EvalResourceDecision: decision,
        MatchedStatements,
        MissingContextValues,
        ...bound,
      },
    ],
  };
}

function locate(policies: readonly SimulatedPolicy[], policyId: string, index: number): Statement {
  const span = findStatements(policies.find(({ id }) => id === policyId)!.text)[index]!;
  return {
    SourcePolicyId: policyId,
    SourcePolicyType: MODE as Statement["SourcePolicyType"],
    StartPosition: { Line: span.start.line, Column: span.start.column },
    EndPosition: { Line: span.end.line, Column: span.end.column },
  };
}

/** Inline and attached policies of the identity and, for a user, of its groups. */
function policiesOf(iam: Iam, kind: IdentityKind, name: string): SimulatedPolicy[] {
  const identity = requireIdentity(iam, kind, name);
  const inline = identity.inline.map((policy) => read(`${kind}_${identity.name}_${policy.name}`, policy.document));
  const attached = identity.attached.flatMap((arn) => managed(iam, arn));
  const groups = kind === "user" ? (identity as UserRecord).groups.filter((group) => iam.groups.get(keyOf(group))) : [];
  return [...inline, ...attached, ...groups.flatMap((group) => policiesOf(iam, "group", group))];
}

function managed(iam: Iam, arn: string): SimulatedPolicy[] {
  const text = managedDocument(iam, arn);
  return text === undefined ? [] : [read(arn.slice(arn.lastIndexOf("/") + 1), text)];
}

function readGiven(texts: readonly string[] | undefined, name: string): SimulatedPolicy[] {
  return (texts ?? []).map((text, index) => ({ id: `${name}.${index + 1}`, text, document: readIdentityPolicy(text) }));
}

function readResourcePolicy({ ResourcePolicy: text }: { ResourcePolicy?: string | undefined }): SimulatedPolicy[] {
  return text === undefined ? [] : [read("ResourcePolicy", text)];
}

function read(id: string, text: string): SimulatedPolicy {
  return { id, text, document: parsePolicy(text) };
}

function readContext(entries: readonly ContextEntry[] | undefined): Map<string, readonly string[]> {
  return new Map((entries ?? []).map((entry) => [entry.ContextKeyName!.toLowerCase(), entry.ContextKeyValues ?? []]));
}
