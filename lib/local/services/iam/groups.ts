import type { Checked } from "../../kit/checked.ts";
import type { Group } from "@aws-sdk/client-iam";
import { type Iam, iamArn, type Input, keyOf, nowMs, type Output, requireIdentity, requireUser } from "./context.ts";
import { alreadyExists, deleteConflict } from "./errors.ts";
import { makeId, readPath, validateName } from "./names.ts";
import { readPage } from "./paging.ts";
import type { GroupRecord, UserRecord } from "../../policy/identity-records.ts";
import { describeListed } from "./users.ts";

/** Creates a group. `EntityAlreadyExistsException` where the account has one of this name. */
export function createGroup(iam: Iam, input: Input<"CreateGroup">): Output<"CreateGroup"> {
  const name = input.GroupName;
  validateName(name, "groupName");
  const path = readPath(input.Path);
  if (iam.groups.get(keyOf(name))) throw alreadyExists(`Group with name ${name} already exists.`);
  const createdMs = nowMs(iam);
  const group: GroupRecord = { name, path, id: makeId("group"), createdMs, inline: [], attached: [], tags: [] };
  iam.groups.put(keyOf(name), group);
  return { Group: describeGroup(iam, group) };
}

/** Returns a group and its users, a page of users at a time. */
export function getGroup(iam: Iam, input: Input<"GetGroup">): Output<"GetGroup"> {
  const group = requireIdentity(iam, "group", input.GroupName);
  const page = readPage(membersOf(iam, group.name), input);
  return {
    Group: describeGroup(iam, group),
    Users: page.items.map((user) => describeListed(iam, user)),
    ...page.paging,
  };
}

/** Lists groups by path prefix, a page at a time. */
export function listGroups(iam: Iam, input: Input<"ListGroups">): Output<"ListGroups"> {
  const groups = iam.groups.list().map(([, group]) => group);
  const page = readPage(
    groups.filter((group) => group.path.startsWith(input.PathPrefix ?? "/")),
    input,
  );
  return { Groups: page.items.map((group) => describeGroup(iam, group)), ...page.paging };
}

/** Deletes a group without users and policies. `DeleteConflictException` for one that has some. */
export function deleteGroup(iam: Iam, input: Input<"DeleteGroup">): object {
  const group = requireIdentity(iam, "group", input.GroupName);
  if (membersOf(iam, group.name).length > 0) {
    throw deleteConflict("Cannot delete entity, must remove users from group first.");
  }
  if (group.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
  if (group.inline.length > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
  iam.groups.delete(keyOf(group.name));
  return {};
}

/** Adds a user to a group. Doing it again is not an error. */
export function addUserToGroup(iam: Iam, input: Input<"AddUserToGroup">): object {
  const group = requireIdentity(iam, "group", input.GroupName);
  const user = requireUser(iam, input.UserName);
  iam.users.put(keyOf(user.name), { ...user, groups: [...new Set([...user.groups, group.name])] });
  return {};
}

/** Removes a user from a group. A user who is not in it is not an error. */
export function removeUserFromGroup(iam: Iam, input: Input<"RemoveUserFromGroup">): object {
  const group = requireIdentity(iam, "group", input.GroupName);
  const user = requireUser(iam, input.UserName);
  iam.users.put(keyOf(user.name), { ...user, groups: user.groups.filter((name) => name !== group.name) });
  return {};
}

/** Lists the groups that a user is in, a page at a time. */
export function listGroupsForUser(iam: Iam, input: Input<"ListGroupsForUser">): Output<"ListGroupsForUser"> {
  const { groups } = requireUser(iam, input.UserName);
  const page = readPage(groups, input);
  return {
    Groups: page.items.map((name) => describeGroup(iam, requireIdentity(iam, "group", name))),
    ...page.paging,
  };
}

function membersOf(iam: Iam, groupName: string): UserRecord[] {
  return iam.users
    .list()
    .map(([, user]) => user)
    .filter((user) => user.groups.includes(groupName));
}

function describeGroup(iam: Iam, group: GroupRecord): Checked<Group> {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: iamArn(iam, "group", group),
    CreateDate: new Date(group.createdMs),
  };
}
