import type { Checked } from "../../kit/checked.ts";
import type { Policy } from "@aws-sdk/client-iam";
import {
  findAwsManagedPolicy,
  listAwsManagedPolicies,
  type AwsManagedPolicy,
} from "../../policy/aws-managed-policies.ts";
import { requirePolicy } from "./find-policy.ts";
import { type Iam, iamArn, identitiesOf, type Input, nowMs, type Output } from "./context.ts";
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from "./errors.ts";
import { makeId, readPath, validateName } from "./names.ts";
import { readPage } from "./paging.ts";
import { readManagedPolicy } from "./validate-policy.ts";
import type { IdentityKind, IdentityRecord, PolicyRecord } from "../../policy/identity-records.ts";
import { addTags, removeTags } from "./tags.ts";

const LONGEST_DOCUMENT = 6144;
const KINDS: readonly IdentityKind[] = ["role", "user", "group"];

/** Creates a managed policy with its first version, `v1`. */
export function createPolicy(iam: Iam, input: Input<"CreatePolicy">): Output<"CreatePolicy"> {
  const name = input.PolicyName;
  validateName(name, "policyName");
  const path = readPath(input.Path);
  const taken = iam.policies.list().some(([, policy]) => policy.name.toLowerCase() === name.toLowerCase());
  if (taken) throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  validateDocument(input.PolicyDocument);
  const now = nowMs(iam);
  const policy: PolicyRecord = {
    arn: iamArn(iam, "policy", { path, name }),
    name,
    path,
    id: makeId("policy"),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    createdMs: now,
    updatedMs: now,
    versions: [{ id: "v1", document: input.PolicyDocument, createdMs: now }],
    defaultVersion: "v1",
    versionCount: 1,
    tags: addTags([], input.Tags),
  };
  iam.policies.put(policy.arn, policy);
  const { Tags: _tags, Description: _description, ...described } = describePolicy(iam, policy);
  return { Policy: { ...described, ...(policy.tags.length > 0 ? { Tags: [...policy.tags] } : {}) } };
}

/** Returns a managed policy, also one of AWS's own, without its document. */
export function getPolicy(iam: Iam, input: Input<"GetPolicy">): Output<"GetPolicy"> {
  const awsManaged = findAwsManagedPolicy(input.PolicyArn);
  if (awsManaged) return { Policy: { ...describeAwsManaged(iam, awsManaged), Tags: [] } };
  return { Policy: describePolicy(iam, requirePolicy(iam, input.PolicyArn)) };
}

/** Lists managed policies by scope, path prefix and attachment, a page at a time. */
export function listPolicies(iam: Iam, input: Input<"ListPolicies">): Output<"ListPolicies"> {
  const own =
    input.Scope === "AWS" ? [] : iam.policies.list().map(([, policy]) => withoutTags(describePolicy(iam, policy)));
  const awsManaged =
    input.Scope === "Local" ? [] : listAwsManagedPolicies().map((policy) => describeAwsManaged(iam, policy));
  const found = [...own, ...awsManaged].filter(
    (policy) =>
      policy.Path!.startsWith(input.PathPrefix ?? "/") && (!input.OnlyAttached || policy.AttachmentCount! > 0),
  );
  const page = readPage(found, input);
  return { Policies: page.items, ...page.paging };
}

/** Deletes a policy with one version that is attached nowhere: else `DeleteConflictException`. */
export function deletePolicy(iam: Iam, input: Input<"DeletePolicy">): object {
  const policy = requirePolicy(iam, input.PolicyArn);
  if (attachedTo(iam, policy.arn).length > 0 || boundedBy(iam, policy.arn) > 0) {
    throw deleteConflict("Cannot delete a policy attached to entities.");
  }
  if (policy.versions.length > 1) {
    throw deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
  iam.policies.delete(policy.arn);
  return {};
}

/** Adds tags to a managed policy, or overwrites them: at most 50. */
export function tagPolicy(iam: Iam, input: Input<"TagPolicy">): object {
  const policy = requirePolicy(iam, input.PolicyArn);
  iam.policies.put(policy.arn, { ...policy, tags: addTags(policy.tags, input.Tags) });
  return {};
}

/** Removes tags by their keys. Keys that the policy does not have are ignored. */
export function untagPolicy(iam: Iam, input: Input<"UntagPolicy">): object {
  const policy = requirePolicy(iam, input.PolicyArn);
  iam.policies.put(policy.arn, { ...policy, tags: removeTags(policy.tags, input.TagKeys) });
  return {};
}

/** Lists a managed policy's tags, a page at a time. */
export function listPolicyTags(iam: Iam, input: Input<"ListPolicyTags">): Output<"ListPolicyTags"> {
  const page = readPage(requirePolicy(iam, input.PolicyArn).tags, input);
  return { Tags: page.items, ...page.paging };
}

/** Lists the roles, users and groups to which a policy is attached, a page at a time. */
export function listEntitiesForPolicy(
  iam: Iam,
  input: Input<"ListEntitiesForPolicy">,
): Output<"ListEntitiesForPolicy"> {
  if (!findAwsManagedPolicy(input.PolicyArn)) requirePolicy(iam, input.PolicyArn);
  const found = attachedTo(iam, input.PolicyArn);
  const page = readPage(found, input);
  const ofKind = (kind: IdentityKind) =>
    page.items.filter((each) => each.kind === kind).map(({ identity }) => identity);
  return {
    PolicyRoles: ofKind("role").map((role) => ({ RoleName: role.name, RoleId: role.id })),
    PolicyUsers: ofKind("user").map((user) => ({ UserName: user.name, UserId: user.id })),
    PolicyGroups: ofKind("group").map((group) => ({ GroupName: group.name, GroupId: group.id })),
    ...page.paging,
  };
}

/** Refuses a document that no managed policy may have. */
export function validateDocument(document: string): void {
  readManagedPolicy(document);
  if (document.replaceAll(/\s/g, "").length > LONGEST_DOCUMENT) {
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${LONGEST_DOCUMENT}`);
  }
}

function describePolicy(iam: Iam, policy: PolicyRecord): Checked<Policy> {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: attachedTo(iam, policy.arn).length,
    PermissionsBoundaryUsageCount: boundedBy(iam, policy.arn),
    IsAttachable: true,
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    CreateDate: new Date(policy.createdMs),
    UpdateDate: new Date(policy.updatedMs),
    Tags: [...policy.tags],
  };
}

function describeAwsManaged(iam: Iam, policy: AwsManagedPolicy): Checked<Policy> {
  return {
    PolicyName: policy.name,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.version,
    AttachmentCount: attachedTo(iam, policy.arn).length,
    PermissionsBoundaryUsageCount: boundedBy(iam, policy.arn),
    IsAttachable: true,
  };
}

function withoutTags({ Tags: _tags, ...policy }: Checked<Policy>): Checked<Policy> {
  return policy;
}

function attachedTo(iam: Iam, arn: string): { kind: IdentityKind; identity: IdentityRecord }[] {
  return KINDS.flatMap((kind) =>
    identitiesOf(iam, kind)
      .list()
      .filter(([, identity]) => identity.attached.includes(arn))
      .map(([, identity]) => ({ kind, identity })),
  );
}

function boundedBy(iam: Iam, arn: string): number {
  const identities = KINDS.flatMap((kind) => identitiesOf(iam, kind).list());
  return identities.filter(([, identity]) => identity.boundary === arn).length;
}

/** Says why a version is not there. */
export function noSuchPolicyVersion(arn: string, versionId: string) {
  return noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`);
}
