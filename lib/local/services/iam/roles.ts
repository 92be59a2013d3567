import type { Checked } from "../../kit/checked.ts";
import { constraintProblem, constraintText, rangeConstraint } from "../../kit/constraint-text.ts";
import type { Role } from "@aws-sdk/client-iam";
import { encodeDocument } from "./document-text.ts";
import { type Iam, iamArn, type Input, keyOf, nowMs, type Output, requireRole } from "./context.ts";
import { alreadyExists, deleteConflict, iamValidation, limitExceeded } from "./errors.ts";
import { makeId, readPath, validateName } from "./names.ts";
import { readPage } from "./paging.ts";
import { describeBoundary, requireBoundary } from "./boundaries.ts";
import { principalExists } from "./principals.ts";
import type { RoleRecord } from "../../policy/identity-records.ts";
import { readTrustPolicy } from "./validate-policy.ts";
import { addTags, removeTags } from "./tags.ts";

const SHORTEST_SESSION_S = 3600;
const LONGEST_SESSION_S = 43_200;
const LONGEST_TRUST_POLICY = 2048;

/** Creates a role with its trust policy. `EntityAlreadyExistsException` where its name is taken. */
export function createRole(iam: Iam, input: Input<"CreateRole">): Output<"CreateRole"> {
  const name = input.RoleName;
  validateName(name, "roleName", 64);
  const path = readPath(input.Path);
  if (iam.roles.get(keyOf(name))) throw alreadyExists(`Role with name ${name} already exists.`);
  validateTrust(iam, input.AssumeRolePolicyDocument);
  if (input.PermissionsBoundary) requireBoundary(iam, input.PermissionsBoundary);
  const role: RoleRecord = {
    name,
    path,
    id: makeId("role"),
    createdMs: nowMs(iam),
    inline: [],
    attached: [],
    ...(input.PermissionsBoundary ? { boundary: input.PermissionsBoundary } : {}),
    tags: addTags([], input.Tags),
    trust: input.AssumeRolePolicyDocument,
    ...(input.Description === undefined ? {} : { description: input.Description }),
    maxSessionSeconds: readSession(input.MaxSessionDuration),
  };
  iam.roles.put(keyOf(name), role);
  return { Role: describeNew(iam, role) };
}

/** Returns a role with its trust policy, URL-encoded, tags and boundary. */
export function getRole(iam: Iam, input: Input<"GetRole">): Output<"GetRole"> {
  return { Role: describeRole(iam, requireRole(iam, input.RoleName)) };
}

/** Lists roles by path prefix, a page at a time. */
export function listRoles(iam: Iam, input: Input<"ListRoles">): Output<"ListRoles"> {
  const roles = iam.roles
    .list()
    .map(([, role]) => role)
    .filter((role) => role.path.startsWith(input.PathPrefix ?? "/"));
  const page = readPage(roles, input);
  return { Roles: page.items.map((role) => describeListed(iam, role)), ...page.paging };
}

/** Changes a role's description and longest session, in seconds. */
export function updateRole(iam: Iam, input: Input<"UpdateRole">): object {
  const role = requireRole(iam, input.RoleName);
  iam.roles.put(keyOf(role.name), {
    ...role,
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.MaxSessionDuration === undefined ? {} : { maxSessionSeconds: readSession(input.MaxSessionDuration) }),
  });
  return {};
}

/** The older form of `UpdateRole`: changes the description only. */
export function updateRoleDescription(
  iam: Iam,
  input: Input<"UpdateRoleDescription">,
): Output<"UpdateRoleDescription"> {
  const role = { ...requireRole(iam, input.RoleName), description: input.Description };
  iam.roles.put(keyOf(role.name), role);
  return { Role: describeRole(iam, role) };
}

/** Replaces a role's trust policy. */
export function updateAssumeRolePolicy(iam: Iam, input: Input<"UpdateAssumeRolePolicy">): object {
  const role = requireRole(iam, input.RoleName);
  validateTrust(iam, input.PolicyDocument);
  iam.roles.put(keyOf(role.name), { ...role, trust: input.PolicyDocument });
  return {};
}

/** Deletes a role without policies and instance profiles: else `DeleteConflictException`. */
export function deleteRole(iam: Iam, input: Input<"DeleteRole">): object {
  const role = requireRole(iam, input.RoleName);
  const profiled = iam.instanceProfiles.list().some(([, profile]) => profile.role === role.name);
  if (profiled) throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  if (role.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
  if (role.inline.length > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
  iam.roles.delete(keyOf(role.name));
  return {};
}

/** Adds tags to a role, or overwrites them: at most 50. */
export function tagRole(iam: Iam, input: Input<"TagRole">): object {
  const role = requireRole(iam, input.RoleName);
  iam.roles.put(keyOf(role.name), { ...role, tags: addTags(role.tags, input.Tags) });
  return {};
}

/** Removes tags by their keys. Keys that the role does not have are ignored. */
export function untagRole(iam: Iam, input: Input<"UntagRole">): object {
  const role = requireRole(iam, input.RoleName);
  iam.roles.put(keyOf(role.name), { ...role, tags: removeTags(role.tags, input.TagKeys) });
  return {};
}

/** Lists a role's tags, a page at a time. */
export function listRoleTags(iam: Iam, input: Input<"ListRoleTags">): Output<"ListRoleTags"> {
  const page = readPage(requireRole(iam, input.RoleName).tags, input);
  return { Tags: page.items, ...page.paging };
}

/** What GetRole answers. CreateRole and ListRoles leave some of it out. */
export function describeRole(iam: Iam, role: RoleRecord): Checked<Role> {
  return {
    ...describeListed(iam, role),
    ...describeBoundary(role.boundary),
    ...(role.tags.length > 0 ? { Tags: [...role.tags] } : {}),
    RoleLastUsed: {},
  };
}

function describeListed(iam: Iam, role: RoleRecord): Checked<Role> {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: iamArn(iam, "role", role),
    CreateDate: new Date(role.createdMs),
    AssumeRolePolicyDocument: encodeDocument(role.trust),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

function describeNew(iam: Iam, role: RoleRecord): Checked<Role> {
  const {
    RoleLastUsed: _used,
    MaxSessionDuration: _session,
    Description: _description,
    ...described
  } = describeRole(iam, role);
  return described;
}

function validateTrust(iam: Iam, document: string): void {
  readTrustPolicy(document, (arn) => principalExists(iam, arn));
  if (document.replaceAll(/\s/g, "").length > LONGEST_TRUST_POLICY) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${LONGEST_TRUST_POLICY}`);
  }
}

function readSession(seconds = SHORTEST_SESSION_S): number {
  const broken = rangeConstraint("value", seconds, SHORTEST_SESSION_S, LONGEST_SESSION_S);
  if (broken === undefined) return seconds;
  throw iamValidation(constraintText(constraintProblem(seconds, "maxSessionDuration", broken)));
}
