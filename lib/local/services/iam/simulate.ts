import type { Checked } from "../../kit/checked.ts";
import type { ContextEntry, EvaluationResult, Statement } from "@aws-sdk/client-iam";
import { managedDocument } from "./find-policy.ts";
import { keyOf, requireIdentity, type Iam, type Input, type Output } from "./context.ts";
import { readPage } from "./paging.ts";
import { decideAccess } from "../../../iam/decide.ts";
import { contextKeysOf, evaluatePolicies, type AccessRequest, type NamedPolicy } from "../../../iam/evaluate.ts";
import { principalOfArn, type Principal } from "../../../iam/principal.ts";
import { parsePolicy } from "../../../iam/policy-document.ts";
import { findStatements } from "../../../iam/statement-positions.ts";
import { readIdentityPolicy } from "./validate-policy.ts";
import { readIdentityArn } from "./principals.ts";
import type { IdentityKind, UserRecord } from "../../policy/identity-records.ts";

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

/** Decides actions on resources by the policies of a user, group or role. */
export function simulatePrincipalPolicy(
  iam: Iam,
  input: Input<"SimulatePrincipalPolicy">,
): Output<"SimulatePrincipalPolicy"> {
  const { kind, name } = readIdentityArn(iam, input.PolicySourceArn);
  const given = readGiven(input.PolicyInputList, "PolicyInputList");
  const identity = [...policiesOf(iam, kind, name), ...given];
  const bound = requireIdentity(iam, kind, name).boundary;
  const bounds = readGiven(input.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList");
  const boundary = bounds.length > 0 ? bounds : bound === undefined ? undefined : managed(iam, bound);
  const caller = principalOfArn(input.CallerArn ?? input.PolicySourceArn);
  return simulate(
    { ...input, PolicyInputList: [] },
    { identity, boundary, resource: readResourcePolicy(input) },
    caller,
  );
}

/** Decides actions on resources by the policies that the request has. */
export function simulateCustomPolicy(iam: Iam, input: Input<"SimulateCustomPolicy">): Output<"SimulateCustomPolicy"> {
  const identity = readGiven(input.PolicyInputList, "PolicyInputList");
  const bounds = readGiven(input.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList");
  const boundary = bounds.length > 0 ? bounds : undefined;
  const unnamed = { arns: [], account: iam.cloud.account };
  const caller = input.CallerArn === undefined ? unnamed : principalOfArn(input.CallerArn);
  return simulate(input, { identity, boundary, resource: readResourcePolicy(input) }, caller);
}

/** Lists the condition keys that the policies of a user, group or role use. */
export function getContextKeysForPrincipalPolicy(
  iam: Iam,
  input: Input<"GetContextKeysForPrincipalPolicy">,
): Output<"GetContextKeysForPrincipalPolicy"> {
  const { kind, name } = readIdentityArn(iam, input.PolicySourceArn);
  const policies = [...policiesOf(iam, kind, name), ...readGiven(input.PolicyInputList, "PolicyInputList")];
  return { ContextKeyNames: contextKeysOf(policies.map(({ document }) => document)) };
}

/** Lists the condition keys that the request's policies use. */
export function getContextKeysForCustomPolicy(
  _iam: Iam,
  input: Input<"GetContextKeysForCustomPolicy">,
): Output<"GetContextKeysForCustomPolicy"> {
  const policies = readGiven(input.PolicyInputList, "PolicyInputList");
  return { ContextKeyNames: contextKeysOf(policies.map(({ document }) => document)) };
}

function simulate(input: SimulationInput, policies: Simulated, principal: Principal) {
  const context = readContext(input.ContextEntries);
  const resources = input.ResourceArns?.length ? input.ResourceArns : ["*"];
  const results = input.ActionNames.flatMap((action) =>
    resources.map((resource) => judge(policies, { action, resource, context, principal })),
  );
  const page = readPage(results, input);
  return { EvaluationResults: page.items, ...page.paging };
}

function judge({ identity, resource, boundary }: Simulated, request: AccessRequest): Checked<EvaluationResult> {
  const { decision, matched } = decideAccess({ request, caller: { identity, boundary }, resource });
  const all = [...identity, ...resource, ...(boundary ?? [])];
  const answer = {
    MatchedStatements: matched.flatMap(({ policyId, index }) => locate(all, policyId, index)),
    MissingContextValues: contextKeysOf(all.map(({ document }) => document)).filter(
      (key) => request.context.get(key.toLowerCase()) === undefined,
    ),
    ...(boundary && {
      PermissionsBoundaryDecisionDetail: {
        AllowedByPermissionsBoundary: evaluatePolicies(boundary, request).decision === "allowed",
      },
    }),
  };
  return {
    EvalActionName: request.action,
    EvalResourceName: request.resource,
    EvalDecision: decision,
    OrganizationsDecisionDetail: { AllowedByOrganizations: true },
    EvalDecisionDetails: {},
    ...answer,
    ResourceSpecificResults: [{ EvalResourceName: request.resource, EvalResourceDecision: decision, ...answer }],
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
