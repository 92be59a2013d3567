import type { Checked } from "../../kit/checked.ts";
import type { InstanceProfile } from "@aws-sdk/client-iam";
import { type Iam, iamArn, type Input, keyOf, nowMs, type Output, requireRole } from "./context.ts";
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from "./errors.ts";
import { makeId, readPath, validateName } from "./names.ts";
import { readPage } from "./paging.ts";
import type { InstanceProfileRecord } from "../../policy/identity-records.ts";
import { describeRole } from "./roles.ts";
import { addTags } from "./tags.ts";

/** Creates an instance profile, without a role. */
export function createInstanceProfile(
  iam: Iam,
  input: Input<"CreateInstanceProfile">,
): Output<"CreateInstanceProfile"> {
  const name = input.InstanceProfileName;
  validateName(name, "instanceProfileName");
  if (iam.instanceProfiles.get(keyOf(name))) throw alreadyExists(`Instance Profile ${name} already exists.`);
  const profile: InstanceProfileRecord = {
    name,
    path: readPath(input.Path),
    id: makeId("instanceProfile"),
    createdMs: nowMs(iam),
    tags: addTags([], input.Tags),
  };
  iam.instanceProfiles.put(keyOf(name), profile);
  return { InstanceProfile: describe(iam, profile) };
}

/** Returns an instance profile with its role. `NoSuchEntityException` where there is none. */
export function getInstanceProfile(iam: Iam, input: Input<"GetInstanceProfile">): Output<"GetInstanceProfile"> {
  return { InstanceProfile: describe(iam, requireProfile(iam, input.InstanceProfileName)) };
}

/** Lists instance profiles by path prefix, a page at a time. */
export function listInstanceProfiles(iam: Iam, input: Input<"ListInstanceProfiles">): Output<"ListInstanceProfiles"> {
  return list(iam, input, (profile) => profile.path.startsWith(input.PathPrefix ?? "/"));
}

/** Lists the instance profiles that have the role, a page at a time. */
export function listInstanceProfilesForRole(
  iam: Iam,
  input: Input<"ListInstanceProfilesForRole">,
): Output<"ListInstanceProfilesForRole"> {
  const role = requireRole(iam, input.RoleName);
  return list(iam, input, (profile) => profile.role === role.name);
}

/** Adds the role, of which an instance profile has at most one: `LimitExceededException`. */
export function addRoleToInstanceProfile(iam: Iam, input: Input<"AddRoleToInstanceProfile">): object {
  const profile = requireProfile(iam, input.InstanceProfileName);
  const role = requireRole(iam, input.RoleName);
  if (profile.role !== undefined) throw limitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  iam.instanceProfiles.put(keyOf(profile.name), { ...profile, role: role.name });
  return {};
}

/** Removes the role. `NoSuchEntityException` where the profile does not have it. */
export function removeRoleFromInstanceProfile(iam: Iam, input: Input<"RemoveRoleFromInstanceProfile">): object {
  const { role, ...profile } = requireProfile(iam, input.InstanceProfileName);
  if (role !== requireRole(iam, input.RoleName).name) {
    throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
  }
  iam.instanceProfiles.put(keyOf(profile.name), profile);
  return {};
}

/** Deletes an instance profile without a role. `DeleteConflictException` for one that has it. */
export function deleteInstanceProfile(iam: Iam, input: Input<"DeleteInstanceProfile">): object {
  const profile = requireProfile(iam, input.InstanceProfileName);
  if (profile.role !== undefined) {
    throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  iam.instanceProfiles.delete(keyOf(profile.name));
  return {};
}

function list(
  iam: Iam,
  input: { MaxItems?: number; Marker?: string },
  wanted: (profile: InstanceProfileRecord) => boolean,
) {
  const profiles = iam.instanceProfiles.list().map(([, profile]) => profile);
  const page = readPage(profiles.filter(wanted), input);
  return { InstanceProfiles: page.items.map((profile) => describe(iam, profile)), ...page.paging };
}

function requireProfile(iam: Iam, name: string | undefined): InstanceProfileRecord {
  const profile = iam.instanceProfiles.get(keyOf(name ?? ""));
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

function describe(iam: Iam, profile: InstanceProfileRecord): Checked<InstanceProfile> {
  const role = profile.role === undefined ? undefined : iam.roles.get(keyOf(profile.role));
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: iamArn(iam, "instance-profile", profile),
    CreateDate: new Date(profile.createdMs),
    Roles: role === undefined ? [] : [describeRole(iam, role)],
    ...(profile.tags.length > 0 ? { Tags: [...profile.tags] } : {}),
  };
}
